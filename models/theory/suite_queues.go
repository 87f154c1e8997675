package theory

import (
	"errors"
)

// quantile returns the value of a quantile function and keeps its error.
func quantile[T int | float64](errs *error, f func(q float64) (T, error), q float64) float64 {
	x, err := f(q)
	*errs = errors.Join(*errs, err)
	return float64(x)
}

func evalMM1(c *cells, out map[string]float64) error {
	m := MM1{LambdaPerS: c.number("lambda_per_s"), MuPerS: c.number("mu_per_s")}
	r, err := m.Solve()
	if err != nil {
		return err
	}
	out["rho"], out["L"], out["Lq"] = r.Utilisation, r.InSystem, r.Waiting
	out["W_s"], out["Wq_s"], out["p_empty"] = r.ResponseS, r.WaitS, r.PEmpty
	out["response_p95_s"] = quantile(&err, m.ResponseQuantile, 0.95)
	out["response_p99_s"] = quantile(&err, m.ResponseQuantile, 0.99)
	out["wait_p95_s"] = quantile(&err, m.WaitQuantile, 0.95)
	return err
}

func evalMMC(c *cells, out map[string]float64) error {
	m := MMC{LambdaPerS: c.number("lambda_per_s"), MuPerS: c.number("mu_per_s"), Servers: c.count("c")}
	r, err := m.Solve()
	if err != nil {
		return err
	}
	out["offered_erlangs"], out["utilisation"], out["erlang_c"] = r.OfferedErlangs, r.Utilisation, r.PWait
	out["Wq_s"], out["W_s"], out["Lq"], out["L"] = r.WaitS, r.ResponseS, r.Waiting, r.InSystem
	out["P_wait_gt_1s"], err = m.PWaitAbove(1)
	out["wait_p95_s"] = quantile(&err, m.WaitQuantile, 0.95)
	out["wait_p99_s"] = quantile(&err, m.WaitQuantile, 0.99)
	return err
}

func evalErlangB(c *cells, out map[string]float64) error {
	r, err := Loss{OfferedErlangs: c.number("offered_erlangs"), Servers: c.count("c_max_instances")}.Solve()
	out["p_reject"], out["carried_erlangs"] = r.PReject, r.CarriedErlangs
	out["utilisation"], out["lost_erlangs"] = r.Utilisation, r.LostErlangs
	return err
}

func evalMMCK(c *cells, out map[string]float64) error {
	r, err := MMCK{
		LambdaPerS: c.number("lambda_per_s"), MuPerS: c.number("mu_per_s"),
		Servers: c.count("c"), Capacity: c.count("K_total_in_system"),
	}.Solve()
	out["p_reject"], out["p_empty"], out["throughput_per_s"] = r.PReject, r.PEmpty, r.ThroughputPerS
	out["L"], out["Lq"], out["utilisation"] = r.InSystem, r.Waiting, r.Utilisation
	out["W_accepted_s"], out["Wq_accepted_s"] = r.ResponseS, r.WaitS
	return err
}

func evalMG1(c *cells, out map[string]float64) error {
	r, err := MG1{LambdaPerS: c.number("lambda_per_s"), Service: c.law("service", "mean_s", "cv")}.Solve()
	out["rho"], out["ES2"] = r.Utilisation, r.ServiceSecondMomentS2
	out["Wq_s"], out["sd_wait_s"], out["W_s"] = r.WaitS, r.SDWaitS, r.ResponseS
	out["Lq"], out["L"], out["mean_busy_period_s"] = r.Waiting, r.InSystem, r.MeanBusyPeriodS
	return err
}

func evalMG1PS(c *cells, out map[string]float64) error {
	r, err := MG1PS{
		LambdaPerS:           c.number("lambda_per_s"),
		CPUSecondsPerRequest: c.number("cpu_seconds_per_request"),
		VCPU:                 c.number("vcpu_of_instance"),
	}.Solve()
	out["service_s_alone"], out["rho"], out["L"] = r.ServiceAloneS, r.Utilisation, r.InSystem
	out["mean_response_s"], out["slowdown"] = r.ResponseS, r.Slowdown
	return err
}

func evalMGInf(c *cells, out map[string]float64) error {
	m := MGInf{LambdaPerS: c.number("lambda_per_s"), Service: c.law("service", "mean_s", "cv")}
	at := c.number("t_s")
	r, err := m.Solve()
	if err != nil {
		return err
	}
	out["mean_busy"], out["p_none_busy"], out["mean_busy_period_s"] = r.MeanBusy, r.PNoneBusy, r.MeanBusyPeriodS
	out["mean_busy_at_t_from_empty"], err = m.MeanBusyFromEmpty(at)
	out["busy_p95"] = quantile(&err, m.BusyQuantile, 0.95)
	out["busy_p99"] = quantile(&err, m.BusyQuantile, 0.99)
	out["busy_p999"] = quantile(&err, m.BusyQuantile, 0.999)
	return err
}

func evalMtGInf(c *cells, out map[string]float64) error {
	m := MtGInf{
		LambdaMeanPerS:      c.number("lambda_mean_per_s"),
		LambdaAmplitudePerS: c.number("lambda_amplitude_per_s"),
		PeriodS:             c.number("period_s"),
		Service:             c.law("service", "mean_s", ""),
	}
	at := c.number("t_s")
	r, err := m.Solve()
	if err != nil {
		return err
	}
	out["peak_mean_busy"], out["trough_mean_busy"], out["peak_lag_s"] = r.PeakMeanBusy, r.TroughMeanBusy, r.PeakLagS
	out["lambda_at_t"] = m.RateAt(at)
	out["mean_busy_at_t"], err = m.MeanBusyAt(at)
	return err
}

func evalGGC(c *cells, out map[string]float64) error {
	r, err := AllenCunneen{
		Gap:     c.law("arrival_dist", "arrival_mean_s", "arrival_cv"),
		Service: c.law("service_dist", "service_mean_s", "service_cv"),
		Servers: c.count("c"),
	}.Solve()
	out["rho"], out["Wq_allen_cunneen_s"] = r.Utilisation, r.WaitS
	return err
}

func evalEngset(c *cells, out map[string]float64) error {
	r, err := Engset{
		Sessions: c.count("n_sessions"), OffToOnPerS: c.number("off_to_on_rate_per_s"),
		MeanUpS: c.number("mean_up_s"), MaxInstances: c.count("max_instances"),
	}.Solve()
	out["offered_per_session"], out["p_up_uncapped"] = r.OfferedPerSession, r.PUpUncapped
	out["time_congestion"], out["call_congestion"] = r.TimeCongestion, r.CallCongestion
	out["mean_up"], out["utilisation_of_cap"] = r.MeanUp, r.Utilisation
	return err
}
