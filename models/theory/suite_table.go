package theory

// Suite lists the analytic model of every file of reference cases.
var Suite = []Model{
	{
		File: "mm1.csv", Primary: "W_s", Eval: each(evalMM1),
		In:  []string{"lambda_per_s", "mu_per_s"},
		Out: []string{"rho", "L", "Lq", "W_s", "Wq_s", "p_empty", "response_p95_s", "response_p99_s", "wait_p95_s"},
	},
	{
		File: "mmc.csv", Primary: "Wq_s", Eval: each(evalMMC),
		In:  []string{"lambda_per_s", "mu_per_s", "c"},
		Out: []string{"offered_erlangs", "utilisation", "erlang_c", "Wq_s", "W_s", "Lq", "L", "P_wait_gt_1s", "wait_p95_s", "wait_p99_s"},
	},
	{
		File: "erlang_b.csv", Primary: "p_reject", Eval: each(evalErlangB),
		In:  []string{"offered_erlangs", "c_max_instances"},
		Out: []string{"p_reject", "carried_erlangs", "utilisation", "lost_erlangs"},
	},
	{
		File: "mmck.csv", Primary: "p_reject", Eval: each(evalMMCK),
		In:  []string{"lambda_per_s", "mu_per_s", "c", "K_total_in_system"},
		Out: []string{"p_reject", "p_empty", "L", "Lq", "throughput_per_s", "W_accepted_s", "Wq_accepted_s", "utilisation"},
	},
	{
		File: "mg1.csv", Primary: "Wq_s", Eval: each(evalMG1),
		In:  []string{"lambda_per_s", "service", "mean_s", "cv"},
		Out: []string{"rho", "ES2", "Wq_s", "sd_wait_s", "W_s", "Lq", "L", "mean_busy_period_s"},
	},
	{
		File: "mg1_ps.csv", Primary: "mean_response_s", Eval: each(evalMG1PS),
		In:  []string{"lambda_per_s", "cpu_seconds_per_request", "vcpu_of_instance"},
		Out: []string{"service_s_alone", "rho", "L", "mean_response_s", "slowdown"},
	},
	{
		File: "mginf.csv", Primary: "mean_busy", Eval: each(evalMGInf),
		In:  []string{"lambda_per_s", "service", "mean_s", "cv", "t_s"},
		Out: []string{"mean_busy", "p_none_busy", "busy_p95", "busy_p99", "busy_p999", "mean_busy_period_s", "mean_busy_at_t_from_empty"},
	},
	{
		File: "mtginf.csv", Primary: "mean_busy_at_t", Eval: each(evalMtGInf),
		In:  []string{"lambda_mean_per_s", "lambda_amplitude_per_s", "period_s", "service", "mean_s", "t_s"},
		Out: []string{"lambda_at_t", "mean_busy_at_t", "peak_mean_busy", "trough_mean_busy", "peak_lag_s"},
	},
	{
		File: "ggc_allen_cunneen.csv", Primary: "Wq_simulated_s", Eval: each(evalGGC),
		In:   []string{"arrival_dist", "arrival_cv", "arrival_mean_s", "service_dist", "service_cv", "service_mean_s", "c"},
		Out:  []string{"rho", "Wq_allen_cunneen_s"},
		Data: []string{"Wq_simulated_s", "Wq_simulated_se_s", "approx_relative_error"},
	},
	{
		File: "keepalive_concurrent.csv", Primary: "starts_per_request", Eval: each(evalKeepAliveConcurrent),
		In:  []string{"lambda_per_s", "service_s", "idle_timeout_s", "startup_s"},
		Out: keepAliveColumns,
	},
	{
		File: "keepalive_fifo.csv", Primary: "starts_per_request", Eval: each(evalKeepAliveFIFO),
		In:  []string{"lambda_per_s", "service", "mean_s", "cv", "idle_timeout_s", "startup_dist", "startup_mean_s"},
		Out: append([]string{"rho", "Wq_s", "W_s", "L"}, fifoKeepAliveColumns...),
	},
	{
		File: "session_instances.csv", Primary: "mean_instances_capped", Eval: each(evalSessionInstances),
		In: []string{"sessions_per_s", "mean_session_s", "idle_timeout_s", "max_instances"},
		Out: []string{"mean_instances_uncapped", "mean_active_sessions", "instances_p95", "instances_p99",
			"p_at_or_above_cap_uncapped", "p_reject_capped", "mean_instances_capped", "billed_s_per_30d_capped"},
	},
	{
		File: "engset.csv", Primary: "call_congestion", Eval: each(evalEngset),
		In:  []string{"n_sessions", "off_to_on_rate_per_s", "mean_up_s", "max_instances"},
		Out: []string{"offered_per_session", "p_up_uncapped", "time_congestion", "call_congestion", "mean_up", "utilisation_of_cap"},
	},
	{
		File: "mm1_setup.csv", Primary: "mean_response_s", Eval: each(evalMM1Setup),
		In:  []string{"lambda_per_s", "mu_per_s", "setup_rate_per_s"},
		Out: []string{"mean_response_s", "L", "p_off", "p_setup"},
	},
	{
		File: "mmk_setup.csv", Primary: "mean_response_s", Eval: each(evalMMKSetup),
		In:  []string{"lambda_per_s", "mu_per_s", "setup_rate_per_s", "k"},
		Out: []string{"rho", "mean_response_s", "L", "mean_busy_servers", "mean_servers_in_setup", "mean_servers_on", "Lq"},
	},
	{
		File: "pool_keepalive.csv", Primary: "starts_per_accepted_request", Eval: each(evalPoolKeepAlive),
		In:  []string{"lambda_per_s", "mu_per_s", "idle_timeout_s", "max_instances_0_is_none"},
		Out: []string{"p_reject", "mean_busy", "mean_instances_up", "starts_per_s", "starts_per_accepted_request", "mean_idle_warm"},
	},
	{
		File: "renewal_cost.csv", Primary: "up_s", Eval: each(evalRenewalCost),
		In: []string{"n_sessions", "lambda_per_session_per_s", "service_s", "sleep_after_s", "startup_s", "vcpu", "mem_gib", "disk_gb", "days"},
		Out: []string{"frac_time_up", "up_s", "starts", "busy_s", "gib_s", "vcpu_s_provisioned", "gb_s",
			"gross_usd_provisioned_cpu", "net_usd_incl_5_base", "vcpu_s_if_cpu_only_while_starting_or_busy"},
	},
	{
		File: "ttl_cache.csv", Primary: "hit_ratio_reset_ttl", Eval: each(evalTTLCache),
		In: []string{"lambda_per_s", "ttl_s"},
		Out: []string{"hit_ratio_reset_ttl", "hit_ratio_fixed_ttl", "occupancy_reset_ttl", "occupancy_fixed_ttl",
			"fetches_per_s_reset", "fetches_per_s_fixed"},
	},
	{
		File: "lru_che.csv", Primary: "lru_hit_ratio_che", Eval: each(evalLRUChe),
		In:  []string{"catalogue", "zipf_alpha", "cache_slots"},
		Out: []string{"characteristic_time_requests", "lru_hit_ratio_che", "lru_hit_rank1_che", "fifo_random_hit_ratio", "best_static_hit_ratio"},
	},
	{
		File: "lru_exact.csv", Primary: "lru_hit_ratio_exact", Eval: each(evalLRUExact),
		In:  []string{"catalogue", "zipf_alpha", "cache_slots"},
		Out: []string{"lru_hit_ratio_exact", "lru_hit_ratio_che"},
	},
	{
		File: "staffing.csv", Eval: each(evalStaffing),
		In: []string{"offered_erlangs", "max_p_reject", "max_p_wait", "max_Wq_s_for_1s_service"},
		Out: []string{"min_instances_erlang_b", "p_reject", "min_instances_erlang_c", "p_wait",
			"min_instances_mean_wait", "Wq_s"},
	},
	{
		File: "mm1_asymptotic_variance.csv", Eval: each(evalMM1RunVariance),
		In:  []string{"lambda_per_s", "mu_per_s", "run_length_s"},
		Out: []string{"L", "asymptotic_variance_of_time_avg_L", "sd_of_time_avg_L", "rel_half_width_95"},
	},
	{
		File: "batch_means_ar1.csv", Eval: each(evalAR1BatchMeans),
		In:  []string{"phi", "noise_sd", "n", "batches"},
		Out: []string{"time_average_variance_constant", "var_of_mean", "expected_batch_means_estimate", "ratio_expected_to_true"},
	},
	{
		File: "t_quantiles.csv", Eval: each(evalTQuantiles),
		In:  []string{"n_replications", "confidence"},
		Out: []string{"t_quantile", "z_quantile", "half_width_per_unit_sd"},
	},
	{
		File: "coverage_band.csv", Eval: each(evalCoverageBand),
		In:  []string{"macro_replications", "confidence", "two_sided_alpha"},
		Out: []string{"min_covering", "max_covering", "min_frac", "max_frac"},
	},
}

var keepAliveColumns = []string{"starts_per_request", "frac_requests_delayed_by_start", "mean_up_s_per_run", "mean_cycle_s",
	"frac_time_up", "requests_per_run", "starts_per_hour", "billed_s_per_hour"}

var fifoKeepAliveColumns = []string{"starts_per_request", "frac_requests_delayed_by_start", "mean_up_s_per_run", "mean_cycle_s",
	"frac_time_up", "starts_per_hour", "billed_s_per_hour"}
