package theory

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// MM1RunVariance returns the variance of the time-average number in an M/M/1
// system over a run of runS seconds (> 0) in steady state, for runs long
// against the relaxation time: 2 rho(1+rho)/(mu (1-rho)^4 runS); constant is
// the same without the division by the run length, in seconds.
//
// Source: Whitt 1989, Planning queueing simulations.
func MM1RunVariance(m MM1, runS float64) (constant, variance float64, err error) {
	if err := m.validate(); err != nil {
		return 0, 0, err
	}
	p := problems{model: "M/M/1 run variance"}
	p.positive("run length", runS)
	if err := p.err(); err != nil {
		return 0, 0, err
	}
	rho := m.LambdaPerS / m.MuPerS
	spare := (m.MuPerS - m.LambdaPerS) / m.MuPerS
	constant = 2 * rho * (1 + rho) / (m.MuPerS * spare * spare * spare * spare)
	return constant, constant / runS, nil
}

// AR1BatchMeans is what batch means make of the autoregressive series
// x(k+1) = Phi x(k) + noise, in steady state.
//
// Source: Law & Kelton; Alexopoulos & Seila 1998.
type AR1BatchMeans struct {
	Phi     float64 // -1 < Phi < 1
	NoiseSD float64 // >= 0
	N       int     // observations, a multiple of Batches
	Batches int     // >= 2
}

// AR1BatchMeansResult compares the truth with what batch means expect.
type AR1BatchMeansResult struct {
	VarianceConstant float64 // limit of n Var(mean of n): sd^2/(1-phi)^2
	VarianceOfMean   float64 // exact, of N observations
	ExpectedEstimate float64 // E[S^2/b] with S^2 the unbiased variance of the b batch means
	Ratio            float64 // estimate over truth; below 1 means intervals too short. NaN if there is no noise
}

// Solve uses E[S^2/b] = (Var(mean of N/b) - Var(mean of N))/(b-1).
func (a AR1BatchMeans) Solve() (AR1BatchMeansResult, error) {
	p := problems{model: "batch means of AR(1)"}
	if !(math.Abs(a.Phi) < 1) {
		p.addf("phi must be between -1 and 1, both excluded, got %v", a.Phi)
	}
	p.notNegative("noise standard deviation", a.NoiseSD)
	p.atLeast("batches", a.Batches, 2)
	p.atLeast("observations", a.N, max(2, a.Batches))
	if a.Batches >= 2 && a.N%a.Batches != 0 {
		p.addf("observations must be a multiple of the %d batches, got %d", a.Batches, a.N)
	}
	if err := p.err(); err != nil {
		return AR1BatchMeansResult{}, err
	}
	whole := a.varianceOfMean(a.N)
	batch := a.varianceOfMean(a.N / a.Batches)
	estimate := (batch - whole) / float64(a.Batches-1)
	return AR1BatchMeansResult{
		VarianceConstant: a.NoiseSD * a.NoiseSD / ((1 - a.Phi) * (1 - a.Phi)),
		VarianceOfMean:   whole,
		ExpectedEstimate: estimate,
		Ratio:            estimate / whole,
	}, nil
}

// varianceOfMean sums the autocovariances sd^2 phi^k/(1-phi^2):
// Var = sd^2/(n (1-phi)^2) (1 - 2 phi (1-phi^n)/(n (1-phi^2))).
func (a AR1BatchMeans) varianceOfMean(n int) float64 {
	size := float64(n)
	correction := 2 * a.Phi * (1 - math.Pow(a.Phi, size)) / (size * (1 - a.Phi*a.Phi))
	return a.NoiseSD * a.NoiseSD / (size * (1 - a.Phi) * (1 - a.Phi)) * (1 - correction)
}

// TQuantile returns the two-sided critical value of Student's t for the mean
// of n >= 2 replications at that confidence (0 < x < 1).
func TQuantile(n int, confidence float64) (float64, error) {
	p := problems{model: "t quantile"}
	p.atLeast("replications", n, 2)
	p.openProbability("confidence", confidence)
	if err := p.err(); err != nil {
		return 0, err
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile((1 + confidence) / 2), nil
}

// NormalQuantile returns the two-sided critical value of the normal law at that
// confidence (0 < x < 1).
func NormalQuantile(confidence float64) (float64, error) {
	p := problems{model: "normal quantile"}
	p.openProbability("confidence", confidence)
	if err := p.err(); err != nil {
		return 0, err
	}
	return math.Sqrt2 * math.Erfinv(confidence), nil
}
