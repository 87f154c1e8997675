package theory

import (
	"errors"
	"math"
)

func evalStaffing(c *cells, out map[string]float64) error {
	a := c.number("offered_erlangs")
	loss, pReject, err1 := MinServersLoss(a, c.number("max_p_reject"))
	wait, pWait, err2 := MinServersWait(a, c.number("max_p_wait"))
	mean, waitS, err3 := MinServersMeanWait(a, 1, c.number("max_Wq_s_for_1s_service"))
	out["min_instances_erlang_b"], out["p_reject"] = float64(loss), pReject
	out["min_instances_erlang_c"], out["p_wait"] = float64(wait), pWait
	out["min_instances_mean_wait"], out["Wq_s"] = float64(mean), waitS
	return errors.Join(err1, err2, err3)
}

func evalMM1RunVariance(c *cells, out map[string]float64) error {
	m := MM1{LambdaPerS: c.number("lambda_per_s"), MuPerS: c.number("mu_per_s")}
	constant, variance, err := MM1RunVariance(m, c.number("run_length_s"))
	if err != nil {
		return err
	}
	r, err := m.Solve()
	if err != nil {
		return err
	}
	z, err := NormalQuantile(0.95)
	out["L"], out["asymptotic_variance_of_time_avg_L"] = r.InSystem, constant
	out["sd_of_time_avg_L"] = math.Sqrt(variance)
	out["rel_half_width_95"] = z * math.Sqrt(variance) / r.InSystem
	return err
}

func evalAR1BatchMeans(c *cells, out map[string]float64) error {
	r, err := AR1BatchMeans{
		Phi: c.number("phi"), NoiseSD: c.number("noise_sd"), N: c.count("n"), Batches: c.count("batches"),
	}.Solve()
	out["time_average_variance_constant"], out["var_of_mean"] = r.VarianceConstant, r.VarianceOfMean
	out["expected_batch_means_estimate"], out["ratio_expected_to_true"] = r.ExpectedEstimate, r.Ratio
	return err
}

func evalTQuantiles(c *cells, out map[string]float64) error {
	n, confidence := c.count("n_replications"), c.number("confidence")
	t, err := TQuantile(n, confidence)
	if err != nil {
		return err
	}
	z, err := NormalQuantile(confidence)
	out["t_quantile"], out["z_quantile"] = t, z
	out["half_width_per_unit_sd"] = t / math.Sqrt(float64(n))
	return err
}

func evalCoverageBand(c *cells, out map[string]float64) error {
	n := c.count("macro_replications")
	low, high, err := CoverageBand(n, c.number("confidence"), c.number("two_sided_alpha"))
	out["min_covering"], out["max_covering"] = float64(low), float64(high)
	out["min_frac"], out["max_frac"] = float64(low)/float64(n), float64(high)/float64(n)
	return err
}
