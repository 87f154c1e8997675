package theory

import (
	"fmt"
	"math"
)

// MtGInf is M/G/infinity with the arrival rate
// lambda(t) = mean + amplitude sin(2 pi t/period), in its periodic steady state:
// the number in service at t is Poisson of mean MeanBusyAt(t), a sine of the
// same period whose peak lags behind that of the rate.
//
// Source: Eick, Massey, Whitt 1993, Mt/G/infinity queues with sinusoidal
// arrival rates. Written with G(w) = integral of e^(-iwu) P(S > u) du:
// m(t) = mean E[S] + amplitude Im(e^(iwt) G(w)).
type MtGInf struct {
	LambdaMeanPerS      float64 // > 0
	LambdaAmplitudePerS float64 // 0 to LambdaMeanPerS
	PeriodS             float64 // > 0
	Service             Law     // mean > 0
}

// MtGInfResult describes the sine of the mean number in service.
type MtGInfResult struct {
	PeakMeanBusy   float64
	TroughMeanBusy float64
	PeakLagS       float64 // seconds from the peak of the rate to that of the number, 0 to PeriodS/2
}

func (m MtGInf) validate() error {
	p := problems{model: "Mt/G/infinity"}
	p.positive("mean arrival rate", m.LambdaMeanPerS)
	p.notNegative("amplitude", m.LambdaAmplitudePerS)
	if m.LambdaAmplitudePerS > m.LambdaMeanPerS {
		p.addf("amplitude %v is above the mean rate %v: the rate would become negative", m.LambdaAmplitudePerS, m.LambdaMeanPerS)
	}
	p.positive("period", m.PeriodS)
	p.law("service", m.Service)
	p.positive("mean service time", m.Service.MeanS)
	return p.err()
}

// Solve returns peak, trough and lag.
func (m MtGInf) Solve() (MtGInfResult, error) {
	if err := m.validate(); err != nil {
		return MtGInfResult{}, err
	}
	w := 2 * math.Pi / m.PeriodS
	cosPart, sinPart, err := m.Service.survivalTransform(w)
	if err != nil {
		return MtGInfResult{}, err
	}
	level := m.LambdaMeanPerS * m.Service.MeanS
	swing := m.LambdaAmplitudePerS * math.Hypot(cosPart, sinPart)
	return MtGInfResult{
		PeakMeanBusy:   level + swing,
		TroughMeanBusy: level - swing,
		PeakLagS:       math.Atan2(sinPart, cosPart) / w,
	}, nil
}

// RateAt returns the arrival rate at tS seconds, per second.
func (m MtGInf) RateAt(tS float64) float64 {
	return m.LambdaMeanPerS + m.LambdaAmplitudePerS*math.Sin(2*math.Pi*tS/m.PeriodS)
}

// MeanBusyAt returns the mean number in service at tS seconds, the phase of
// the rate being 0 at time 0.
func (m MtGInf) MeanBusyAt(tS float64) (float64, error) {
	if err := m.validate(); err != nil {
		return 0, err
	}
	if !finite(tS) {
		return 0, fmt.Errorf("Mt/G/infinity: time must be finite, got %v", tS)
	}
	w := 2 * math.Pi / m.PeriodS
	cosPart, sinPart, err := m.Service.survivalTransform(w)
	if err != nil {
		return 0, err
	}
	sin, cos := math.Sincos(w * tS)
	return m.LambdaMeanPerS*m.Service.MeanS + m.LambdaAmplitudePerS*(sin*cosPart-cos*sinPart), nil
}
