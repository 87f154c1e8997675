package validate

import (
	"fmt"
	"math"

	"berth/models/result"
	"berth/models/theory"
)

// Queues: one instance that serves first come, first served; a pool of c; loss
// systems; processor sharing; infinitely many servers.

func law(c *cells, kind, mean, cv string) theory.Law {
	l := theory.Law{Kind: c.row[kind], MeanS: c.number(mean)}
	if cv != "" && c.row[cv] != "" {
		l.CV = c.number(cv)
		return l
	}
	if own, err := theory.NewLaw(l.Kind, l.MeanS); err == nil {
		l = own
	}
	return l
}

// waits measures a queue: the judged column is the mean response or the mean
// wait in the queue.
func response(r *result.Run) ([]float64, int64) {
	a := app(r)
	return []float64{seconds(&a.Latency), seconds(&a.Parts[result.PartQueue])}, a.Served
}

func wait(r *result.Run) ([]float64, int64) {
	a := app(r)
	q := &a.Parts[result.PartQueue]
	return []float64{seconds(q), seconds(&a.Latency)}, int64(q.CountAbove(0))
}

// singleServer is one instance that serves one request at a time.
func singleServer(s sizes, rate float64, service theory.Law) (experiment, error) {
	io, err := lawText(service)
	e := experiment{scenario: scenario{drain: true}}
	e.warmupS, e.measuredS = s.spans(rate, relaxation(rate, service.MeanS, 1, 1, service.CV*service.CV))
	e.app = map[string]string{"service": "fifo", "work": work(io)}
	e.traffic = "{requests: " + perSecond(rate) + "}"
	return e, err
}

func mm1(c *cells, s sizes) (experiment, error) {
	e, err := singleServer(s, c.number("lambda_per_s"), theory.Exponential(1/c.number("mu_per_s")))
	e.columns, e.measure = []string{"W_s", "Wq_s"}, response
	return e, err
}

func mg1(c *cells, s sizes) (experiment, error) {
	e, err := singleServer(s, c.number("lambda_per_s"), law(c, "service", "mean_s", "cv"))
	e.columns, e.measure = []string{"Wq_s", "W_s"}, wait
	return e, err
}

// pool is a pool of servers behind one queue. Its instances never sleep.
func pool(servers int, queue, io string) map[string]string {
	n := "unlimited"
	if servers > 0 {
		n = fmt.Sprint(servers)
	}
	return map[string]string{"work": work(io), "route": fmt.Sprintf("{by: pool, n: %s, queue: %s}", n, queue)}
}

func mmc(c *cells, s sizes) (experiment, error) {
	rate, mean, servers := c.number("lambda_per_s"), 1/c.number("mu_per_s"), int(c.whole("c"))
	e := experiment{scenario: scenario{drain: true}}
	e.warmupS, e.measuredS = s.spans(rate, relaxation(rate, mean, servers, 1, 1))
	e.app = pool(servers, "unlimited", exponential(mean))
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.columns, e.measure = []string{"Wq_s", "W_s"}, wait
	return e, nil
}

func ggc(c *cells, s sizes) (experiment, error) {
	gaps, service := law(c, "arrival_dist", "arrival_mean_s", "arrival_cv"), law(c, "service_dist", "service_mean_s", "service_cv")
	gap, err := lawText(gaps)
	if err != nil {
		return experiment{}, err
	}
	io, err := lawText(service)
	rate, servers := 1/gaps.MeanS, int(c.whole("c"))
	e := experiment{scenario: scenario{drain: true}}
	e.warmupS, e.measuredS = s.spans(rate, relaxation(rate, service.MeanS, servers, gaps.CV*gaps.CV, service.CV*service.CV))
	e.app = pool(servers, "unlimited", io)
	e.traffic = fmt.Sprintf("{requests: %s, interarrival: %s}", perSecond(rate), quoted(gap))
	e.columns, e.measure = []string{"Wq_simulated_s"}, wait
	e.refSE = c.number("Wq_simulated_se_s")
	return e, err
}

// loss measures the share that is turned away.
func loss(r *result.Run) ([]float64, int64) {
	a := app(r)
	return []float64{share(failed(a), a.Requests), upBusy(r)}, failed(a)
}

// upBusy is the mean number of busy instances.
func upBusy(r *result.Run) float64 { return app(r).StateTime[result.Busy].Float64() / measuredNs(r) }

// erlangB gives every request an instance of its own, up to the cap.
func erlangB(c *cells, s sizes) (experiment, error) {
	rate := c.number("offered_erlangs") // at a mean service of 1 s
	e := experiment{}
	e.warmupS, e.measuredS = s.spans(rate, 3)
	e.app = map[string]string{"work": work(exponential(1)), "route": "per-request", "end": "destroy", "clocks": "{second: off}", "retry": "0s",
		"max_instances": fmt.Sprint(c.whole("c_max_instances"))}
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.columns, e.measure = []string{"p_reject", "carried_erlangs"}, loss
	return e, nil
}

func mmck(c *cells, s sizes) (experiment, error) {
	rate, mean, servers, room := c.number("lambda_per_s"), 1/c.number("mu_per_s"), int(c.whole("c")), c.whole("K_total_in_system")
	e := experiment{}
	capacity := float64(servers) / mean
	// A full room drifts away from its state no slower than by diffusion.
	relax := math.Min(relaxation(rate, mean, servers, 1, 1), float64(room*room)/capacity+3*mean)
	e.warmupS, e.measuredS = s.spans(rate, relax)
	e.app = pool(servers, fmt.Sprint(room-int64(servers)), exponential(mean))
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.columns = []string{"p_reject", "Wq_accepted_s", "W_accepted_s"}
	e.measure = func(r *result.Run) ([]float64, int64) {
		a := app(r)
		return []float64{share(failed(a), a.Requests), seconds(&a.Parts[result.PartQueue]), seconds(&a.Latency)}, failed(a)
	}
	return e, nil
}

// mg1PS shares the CPU of one instance.
func mg1PS(c *cells, s sizes) (experiment, error) {
	rate, cpu, vcpu := c.number("lambda_per_s"), c.number("cpu_seconds_per_request"), c.number("vcpu_of_instance")
	e := experiment{scenario: scenario{drain: true, overlay: caseType(vcpu, 1, 4)}}
	e.warmupS, e.measuredS = s.spans(rate, relaxation(rate, cpu/vcpu, 1, 1, 1))
	e.app = map[string]string{"instance_type": "case", "service": "processor-sharing",
		"work": fmt.Sprintf("{cpu: %s, io: 0s, response: 0, threads: %s}", quoted(exponential(cpu)), plainNumber(math.Max(1, vcpu)))}
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.columns, e.measure = []string{"mean_response_s"}, response
	return e, nil
}

// mgInf gives every request an instance of its own. The run begins empty, so a
// look at t_s sees the transient.
func mgInf(c *cells, s sizes) (experiment, error) {
	rate, service, at := c.number("lambda_per_s"), law(c, "service", "mean_s", "cv"), c.number("t_s")
	io, err := lawText(service)
	e := experiment{}
	e.warmupS, e.measuredS = s.spans(rate, 3*service.MeanS*math.Max(1, service.CV*service.CV))
	e.measuredS = math.Max(e.measuredS, at)
	e.top = []string{"observe: [" + span(at) + "]"}
	e.app = map[string]string{"work": work(io), "route": "per-request", "end": "destroy"}
	e.traffic = "{requests: " + perSecond(rate) + "}"
	e.columns = []string{"mean_busy", "mean_busy_at_t_from_empty"}
	e.measure = func(r *result.Run) ([]float64, int64) {
		return []float64{upBusy(r), float64(app(r).Observed[0].Busy)}, app(r).Served
	}
	return e, err
}

// mtgInf looks once a replication, at t_s or the same phase of a later period
// where the start from empty would still show. Who came so early that he is gone
// by then is left out: traffic sets in when it can still be seen.
func mtgInf(c *cells, s sizes) (experiment, error) {
	mean, amplitude, period, at := c.number("lambda_mean_per_s"), c.number("lambda_amplitude_per_s"), c.number("period_s"), c.number("t_s")
	service := law(c, "service", "mean_s", "")
	io, err := lawText(service)
	forget := 20 * service.MeanS
	if service.CV == 0 {
		forget = service.MeanS
	}
	for at < forget && period > 0 {
		at += period
	}
	e := experiment{scenario: scenario{measuredS: at}}
	n := s.perRun * float64(s.replications) / math.Max(1, (mean+amplitude)*forget)
	e.replications = int(math.Min(math.Max(n, float64(s.replications)), 400))
	e.top = []string{"observe: [" + span(at) + "]"}
	e.app = map[string]string{"work": work(io), "route": "per-request", "end": "destroy"}
	e.traffic = fmt.Sprintf("{requests: %s, sine: {amplitude: %s, period: %s}, table: [{from: 0s, factor: 0}, {from: %s, factor: 1}]}",
		perSecond(mean), plainNumber(amplitude/mean), span(period), span(math.Max(at-forget, 1e-9)))
	e.columns = []string{"mean_busy_at_t"}
	e.measure = func(r *result.Run) ([]float64, int64) {
		busy := app(r).Observed[0].Busy
		return []float64{float64(busy)}, busy
	}
	return e, err
}
