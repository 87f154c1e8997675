package theory

func putKeepAlive(r KeepAliveResult, out map[string]float64) {
	out["starts_per_request"], out["frac_requests_delayed_by_start"] = r.StartsPerRequest, r.DelayedShare
	out["mean_up_s_per_run"], out["mean_cycle_s"] = r.MeanRunS, r.MeanCycleS
	out["frac_time_up"], out["requests_per_run"] = r.UpShare, r.RequestsPerRun
	out["starts_per_hour"], out["billed_s_per_hour"] = r.StartsPerHour, r.BilledSecondsPerHour
}

func evalKeepAliveConcurrent(c *cells, out map[string]float64) error {
	r, err := KeepAliveConcurrent{
		LambdaPerS: c.number("lambda_per_s"), ServiceS: c.number("service_s"),
		TimeoutS: c.number("idle_timeout_s"), StartupS: c.number("startup_s"),
	}.Solve()
	putKeepAlive(r, out)
	return err
}

func evalKeepAliveFIFO(c *cells, out map[string]float64) error {
	r, err := KeepAliveFIFO{
		LambdaPerS: c.number("lambda_per_s"), Service: c.law("service", "mean_s", "cv"),
		TimeoutS: c.number("idle_timeout_s"), Startup: c.law("startup_dist", "startup_mean_s", ""),
	}.Solve()
	putKeepAlive(r.KeepAliveResult, out)
	delete(out, "requests_per_run") // no such column
	out["rho"], out["Wq_s"], out["W_s"], out["L"] = r.Utilisation, r.WaitS, r.ResponseS, r.InSystem
	return err
}

func evalSessionInstances(c *cells, out map[string]float64) error {
	s := SessionInstances{
		SessionsPerS: c.number("sessions_per_s"), MeanSessionS: c.number("mean_session_s"),
		TimeoutS: c.number("idle_timeout_s"), MaxInstances: c.optionalCount("max_instances"),
	}
	r, err := s.Solve()
	if err != nil {
		return err
	}
	out["mean_instances_uncapped"], out["mean_active_sessions"] = r.MeanUncapped, r.MeanActiveSessions
	out["p_at_or_above_cap_uncapped"], out["p_reject_capped"] = r.PAtOrAboveCap, r.PReject
	out["mean_instances_capped"] = r.MeanInstances
	out["billed_s_per_30d_capped"] = r.MeanInstances * 30 * 86400
	out["instances_p95"] = quantile(&err, s.InstancesQuantile, 0.95)
	out["instances_p99"] = quantile(&err, s.InstancesQuantile, 0.99)
	return err
}

func evalMM1Setup(c *cells, out map[string]float64) error {
	r, err := MM1Setup{
		LambdaPerS: c.number("lambda_per_s"), MuPerS: c.number("mu_per_s"), SetupPerS: c.number("setup_rate_per_s"),
	}.Solve()
	out["mean_response_s"], out["L"], out["p_off"], out["p_setup"] = r.ResponseS, r.InSystem, r.POff, r.PSetup
	return err
}

func evalMMKSetup(c *cells, out map[string]float64) error {
	r, err := MMKSetup{
		LambdaPerS: c.number("lambda_per_s"), MuPerS: c.number("mu_per_s"),
		SetupPerS: c.number("setup_rate_per_s"), Servers: c.count("k"),
	}.Solve()
	out["rho"], out["mean_response_s"], out["L"], out["Lq"] = r.Utilisation, r.ResponseS, r.InSystem, r.Waiting
	out["mean_busy_servers"], out["mean_servers_in_setup"], out["mean_servers_on"] = r.MeanBusyServers, r.MeanInSetup, r.MeanOn
	return err
}

func evalPoolKeepAlive(c *cells, out map[string]float64) error {
	r, err := PoolKeepAlive{
		LambdaPerS: c.number("lambda_per_s"), MuPerS: c.number("mu_per_s"),
		TimeoutS: c.number("idle_timeout_s"), MaxInstances: c.optionalCount("max_instances_0_is_none"),
	}.Solve()
	out["p_reject"], out["mean_busy"], out["mean_instances_up"] = r.PReject, r.MeanBusy, r.MeanUp
	out["starts_per_s"], out["starts_per_accepted_request"] = r.StartsPerS, r.StartsPerAcceptedRequest
	out["mean_idle_warm"] = r.MeanIdleAwake
	return err
}

func evalRenewalCost(c *cells, out map[string]float64) error {
	r, err := RenewalCost{
		Sessions: c.count("n_sessions"),
		KeepAlive: KeepAliveConcurrent{
			LambdaPerS: c.number("lambda_per_session_per_s"), ServiceS: c.number("service_s"),
			TimeoutS: c.number("sleep_after_s"), StartupS: c.number("startup_s"),
		},
		VCPU: c.number("vcpu"), MemoryGiB: c.number("mem_gib"), DiskGB: c.number("disk_gb"),
		Days: c.number("days"), Rates: PublishedRates(),
	}.Solve()
	out["frac_time_up"], out["up_s"], out["starts"], out["busy_s"] = r.UpShare, r.UpS, r.Starts, r.BusyS
	out["gib_s"], out["vcpu_s_provisioned"], out["gb_s"] = r.MemoryGiBs, r.CPUProvisioned, r.DiskGBs
	out["gross_usd_provisioned_cpu"], out["net_usd_incl_5_base"] = r.GrossUSD, r.NetUSD
	out["vcpu_s_if_cpu_only_while_starting_or_busy"] = r.CPUActive
	return err
}
