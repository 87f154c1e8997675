package validate

import (
	"fmt"
	"math"

	"berth/models/result"
	"berth/models/theory"
)

// Instances that sleep, start, and are shared: keep-alive, set-up times, pools,
// closed populations, caches.

// startsPerRequest measures keep-alive.
func startsPerRequest(r *result.Run) ([]float64, int64) {
	a := app(r)
	return []float64{share(a.Starts, a.Requests), share(a.Cold, a.Served)}, a.Starts
}

func keepAliveConcurrent(c *cells, s sizes) (experiment, error) {
	rate, service, timeout, startup := c.number("lambda_per_s"), c.number("service_s"), c.number("idle_timeout_s"), c.number("startup_s")
	e := experiment{}
	e.warmupS, e.measuredS = s.spans(rate, service+timeout+startup+1/rate)
	e.app = map[string]string{"sleep_after": span(timeout), "start": startLaw(span(startup)), "work": work(span(service))}
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.columns, e.measure = []string{"starts_per_request", "frac_requests_delayed_by_start"}, startsPerRequest
	return e, nil
}

func keepAliveFIFO(c *cells, s sizes) (experiment, error) {
	service := law(c, "service", "mean_s", "cv")
	rate, timeout := c.number("lambda_per_s"), c.number("idle_timeout_s")
	startup := law(c, "startup_dist", "startup_mean_s", "")
	e, err := singleServer(s, rate, service)
	if err != nil {
		return e, err
	}
	start, err := lawText(startup)
	e.drain = false
	e.warmupS, e.measuredS = s.spans(rate, relaxation(rate, service.MeanS, 1, 1, service.CV*service.CV)+timeout+3*startup.MeanS)
	e.app["sleep_after"], e.app["start"] = span(timeout), startLaw(start)
	e.columns = []string{"starts_per_request", "frac_requests_delayed_by_start", "W_s"}
	e.measure = func(r *result.Run) ([]float64, int64) {
		xs, n := startsPerRequest(r)
		return append(xs, seconds(&app(r).Latency)), n
	}
	return e, err
}

// sessionInstances holds one instance for each session and its idle time.
func sessionInstances(c *cells, s sizes) (experiment, error) {
	rate, length, timeout := c.number("sessions_per_s"), c.number("mean_session_s"), c.number("idle_timeout_s")
	e := experiment{}
	e.warmupS, e.measuredS = s.spans(rate, 3*(length+timeout))
	e.app = map[string]string{"sleep_after": span(timeout), "route": "session"}
	if limit := c.row["max_instances"]; limit != "" && limit != "0" {
		e.app["max_instances"], e.app["clocks"], e.app["retry"] = limit, "{second: off}", "0s"
	}
	e.traffic = fmt.Sprintf("{sessions: %s, length: %s}", perSecond(rate), quoted(exponential(length)))
	e.columns = []string{"mean_instances_capped", "p_reject_capped"}
	e.measure = func(r *result.Run) ([]float64, int64) {
		a := app(r)
		return []float64{upNs(a) / measuredNs(r), share(failed(a), a.Requests)}, a.Starts
	}
	return e, nil
}

// engset is a closed population of named ids under a cap.
func engset(c *cells, s sizes) (experiment, error) {
	n, off, up, limit := c.whole("n_sessions"), 1/c.number("off_to_on_rate_per_s"), c.number("mean_up_s"), c.whole("max_instances")
	e := experiment{}
	e.warmupS, e.measuredS = s.spans(float64(n)/(off+up), 3/(1/off+1/up))
	e.app = map[string]string{"sleep_after": "0s", "route": "session", "clocks": "{second: off}", "retry": "0s", "max_instances": fmt.Sprint(limit)}
	e.traffic = fmt.Sprintf("{population: %d, off: %s, up: %s}", n, quoted(exponential(off)), quoted(exponential(up)))
	e.columns = []string{"call_congestion", "mean_up"}
	e.measure = func(r *result.Run) ([]float64, int64) {
		a := app(r)
		return []float64{share(failed(a), a.Requests), upNs(a) / measuredNs(r)}, failed(a)
	}
	return e, nil
}

func mm1Setup(c *cells, s sizes) (experiment, error) {
	rate, setup := c.number("lambda_per_s"), 1/c.number("setup_rate_per_s")
	service := theory.Exponential(1 / c.number("mu_per_s"))
	e, err := singleServer(s, rate, service)
	e.warmupS, e.measuredS = s.spans(rate, relaxation(rate, service.MeanS, 1, 1, 1)+3*setup)
	e.app["sleep_after"], e.app["start"] = "0s", startLaw(exponential(setup))
	e.columns, e.measure = []string{"mean_response_s"}, response
	return e, err
}

func mmkSetup(c *cells, s sizes) (experiment, error) {
	rate, mean, setup, k := c.number("lambda_per_s"), 1/c.number("mu_per_s"), 1/c.number("setup_rate_per_s"), int(c.whole("k"))
	e := experiment{scenario: scenario{drain: true}}
	e.warmupS, e.measuredS = s.spans(rate, relaxation(rate, mean, k, 1, 1)+3*setup)
	e.app = pool(k, "unlimited", exponential(mean))
	e.app["route"] = fmt.Sprintf("{by: pool, n: %d, queue: unlimited, setup: one-per-waiting}", k)
	e.app["sleep_after"], e.app["start"] = "0s", startLaw(exponential(setup))
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.columns, e.measure = []string{"mean_response_s"}, response
	return e, nil
}

// poolKeepAlive sends every request to the lowest-numbered instance that is not
// busy, asleep or awake.
func poolKeepAlive(c *cells, s sizes) (experiment, error) {
	rate, mean, timeout, limit := c.number("lambda_per_s"), 1/c.number("mu_per_s"), c.number("idle_timeout_s"), int(c.whole("max_instances_0_is_none"))
	e := experiment{}
	e.warmupS, e.measuredS = s.spans(rate, 3*(mean+timeout))
	e.app = pool(limit, "0", exponential(mean))
	n := "unlimited"
	if limit > 0 {
		n = fmt.Sprint(limit)
	}
	e.app["route"] = fmt.Sprintf("{by: pool, n: %s, queue: 0, pick: first-free}", n)
	e.app["sleep_after"] = span(timeout)
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.columns = []string{"starts_per_accepted_request", "mean_instances_up", "p_reject"}
	e.measure = func(r *result.Run) ([]float64, int64) {
		a := app(r)
		return []float64{share(a.Starts, a.Requests-failed(a)), upNs(a) / measuredNs(r), share(failed(a), a.Requests)}, a.Starts
	}
	return e, nil
}

// renewalCost runs the sessions for the days of the row, or for part of them and
// in proportion where they would make too many requests: the process is
// stationary after the warm-up.
func renewalCost(c *cells, s sizes) (experiment, error) {
	n, rate, days := c.whole("n_sessions"), c.number("lambda_per_session_per_s"), c.number("days")
	service, timeout, startup := c.number("service_s"), c.number("sleep_after_s"), c.number("startup_s")
	e := experiment{scenario: scenario{overlay: caseType(c.number("vcpu"), c.number("mem_gib"), c.number("disk_gb"))}}
	e.warmupS = math.Min(5*(service+timeout+startup+1/rate), longestS/4)
	wholeS := days * 86400
	e.measuredS = math.Min(wholeS, math.Max(4*s.perRun/(float64(n)*rate), 20*(service+timeout+startup)))
	scale := wholeS / e.measuredS
	e.app = map[string]string{"instance_type": "case", "sleep_after": span(timeout), "start": startLaw(span(startup)), "work": work(span(service)),
		"route": fmt.Sprintf("{by: key, keys: %d, alpha: 0}", n)}
	e.traffic = "{requests: " + perSecond(float64(n)*rate) + "}"
	e.columns = []string{"up_s", "starts", "busy_s"}
	e.measure = func(r *result.Run) ([]float64, int64) {
		a := app(r)
		return []float64{scale * upNs(a) / 1e9, scale * float64(a.Starts), scale * a.StateTime[result.Busy].Float64() / 1e9}, a.Starts
	}
	return e, nil
}

// ttlCache is an instance that takes no time to start or to serve: a request
// hits if it finds the instance awake.
func ttlCache(c *cells, s sizes) (experiment, error) {
	rate, ttl := c.number("lambda_per_s"), c.number("ttl_s")
	e := experiment{}
	e.warmupS, e.measuredS = s.spans(rate, ttl+1/rate)
	e.app = map[string]string{"sleep_after": span(ttl)}
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.columns = []string{"hit_ratio_reset_ttl"}
	e.measure = func(r *result.Run) ([]float64, int64) {
		a := app(r)
		return []float64{1 - share(a.Starts, a.Requests)}, min(a.Starts, a.Requests-a.Starts)
	}
	return e, nil
}

// images is the image cache of one PoP that holds slots of a catalogue of equal
// images; every request starts an instance of its own.
func images(c *cells, s sizes) (experiment, error) {
	n, alpha, slots := c.whole("catalogue"), c.number("zipf_alpha"), c.whole("cache_slots")
	che, err := theory.ImageCache{Catalogue: int(n), Alpha: alpha, Slots: int(slots)}.Che()
	const rate = 1000
	e := experiment{}
	e.warmupS, e.measuredS = s.spans(rate, 3*math.Max(che.CharacteristicRequests, float64(slots))/rate)
	e.hosts = fmt.Sprintf("{which: [FRA], places: unlimited, cache: %dMB, cache_warm: false, pull: 1000Gbit/s}", slots)
	e.app = map[string]string{"route": "per-request", "end": "destroy", "prefetch": "none", "placement": "nearest-any",
		"image": fmt.Sprintf("{compressed: 1MB, unpacked: 1MB, catalogue: %s}", quoted(fmt.Sprintf("zipf(n=%d, alpha=%s)", n, plainNumber(alpha))))}
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.measure = func(r *result.Run) ([]float64, int64) {
		a := app(r)
		return []float64{share(a.CacheHits, a.CacheHits+a.Pulls)}, min(a.CacheHits, a.Pulls)
	}
	return e, err
}

// lruChe is judged against an approximation that is good to about 0.001, so its
// runs are kept so short that the interval is not finer than that.
func lruChe(c *cells, s sizes) (experiment, error) {
	s.perRun, s.replications = math.Min(s.perRun, sizesOf(false).perRun), sizesOf(false).replications
	e, err := images(c, s)
	e.columns, e.replications = []string{"lru_hit_ratio_che"}, s.replications
	return e, err
}

func lruExact(c *cells, s sizes) (experiment, error) {
	e, err := images(c, s)
	e.columns = []string{"lru_hit_ratio_exact"}
	return e, err
}
