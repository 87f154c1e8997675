package scenarios

import (
	"math"
	"strings"

	"berth/models/workload"
	"berth/scenarios/internal/quantity"
	"berth/sim"
)

// kinds maps the key that says what an entry is to its kind. A script is open
// requests without a rate.
var kinds = map[string]workload.Kind{"requests": workload.Requests, "sessions": workload.Sessions, "users": workload.Users,
	"population": workload.Population, "queue": workload.Queue, "websockets": workload.WebSockets, "trace": workload.Trace, "script": workload.Requests}

func (b *builder) traffic(v, app *value) workload.Config {
	kind := trafficKind(v)
	b.oneKind(v, kind)
	t := workload.Config{Name: v.at("name").text(), Kind: kinds[kind]}
	if t.Name == "" {
		t.Name = strings.TrimPrefix(v.path, app.path+".")
	}
	b.trafficOf(kind, v, &t)
	b.markets(v, &t)
	b.clients(v, &t, kind)
	t.Shape = b.shape(v)
	if w := v.at("work"); w != nil {
		t.CPU, t.IO, t.Memory, t.Response = w.at("cpu").dist(), w.at("io").dist(), w.at("memory").dist(), w.at("response").dist()
	}
	b.interarrival(v, &t)
	return t
}

// oneKind checks that an entry says what it is, once.
func (b *builder) oneKind(v *value, kind string) {
	if kind == "" {
		b.fail(v, "write one of "+strings.Join(trafficKinds[:7], ", ")+", or clients with times", "the entry does not say what it is")
		return
	}
	for _, other := range trafficKinds {
		if other == kind || !v.has(other) || other == "requests" && kind == "sessions" {
			continue
		}
		b.fail(v.at(other), "make two entries of it", "the entry is %s already", kind)
	}
}

func (b *builder) trafficOf(kind string, v *value, t *workload.Config) {
	switch kind {
	case "requests":
		if v.at("requests").dist() != nil {
			b.fail(v.at("requests"), "a rate such as 2M/month, or add sessions", "a number of requests means something only for sessions")
			return
		}
		b.rate(v.at("requests"), t)
	case "sessions":
		b.sessions(v, t)
	case "users":
		t.Count, t.Think = int(v.at("users").num()), v.at("think").dist()
		b.whole(v.at("users"))
	case "population":
		t.Count, t.Off, t.Up = int(v.at("population").num()), v.at("off").dist(), v.at("up").dist()
		b.whole(v.at("population"))
		for _, key := range []string{"off", "up"} {
			if !v.has(key) {
				b.fail(v, "such as {population: 30, off: exponential(mean=1000s), up: exponential(mean=600s)}", "a population needs %s", key)
			}
		}
	case "queue":
		q := v.at("queue")
		b.rate(q.at("rate"), t)
		t.Batch, t.MaxConcurrency, t.MaxRetries = int(q.at("batch").int()), q.at("max_concurrency").intOr(0), int(q.at("retries").int())
		t.Retention, t.BatchWait = q.at("retention").span(), q.at("batch_wait").span()
	case "websockets":
		w := v.at("websockets")
		b.rate(w.at("rate"), t)
		t.Duration, t.MessageCPU, t.MessageBytes = w.at("duration").dist(), w.at("cpu").dist(), w.at("bytes").dist()
		t.MessagesPerSec = w.at("messages").rate().PerSecond(b.monthSeconds())
		t.OutgoingPerSec = w.at("outgoing").rate().PerSecond(b.monthSeconds())
	case "trace":
		b.trace(v.at("trace"), t)
	}
}

func (b *builder) whole(v *value) {
	if x := v.num(); x != math.Floor(x) {
		b.fail(v, "", "%s is not a whole number", clip(v.n.Text))
	}
}

// rate sets the arrival rate; a monthly amount keeps its total over the horizon.
func (b *builder) rate(v *value, t *workload.Config) {
	r := v.rate()
	t.PerSecond = r.PerSecond(b.monthSeconds())
	if r.Per == quantity.PerMonth {
		t.Total = r.Amount * b.cfg.Duration.Seconds() / b.monthSeconds()
	}
	if t.PerSecond > 1e7 {
		b.fail(v, "", "%s is more than 10 million a second", clip(v.n.Text))
	}
}

func (b *builder) sessions(v *value, t *workload.Config) {
	b.rate(v.at("sessions"), t)
	t.RequestsPerSession, t.Think, t.Gap, t.Length = v.at("requests").dist(), v.at("think").dist(), v.at("gap").dist(), v.at("length").dist()
	if _, isRate := v.at("requests").parsedRate(); isRate {
		b.fail(v.at("requests"), "such as geometric(mean=6)", "beside sessions, requests is how many a session makes, not a rate")
	}
	pacing := 0
	for _, key := range []string{"think", "gap", "length"} {
		if v.has(key) {
			pacing++
		}
	}
	if pacing > 1 {
		b.fail(v, "write one of the three", "think, gap and length exclude each other")
	}
	if v.has("length") && v.written("requests") {
		b.fail(v.at("requests"), "leave it out", "a session of a length is one request")
	}
	if d := t.RequestsPerSession; d != nil && d.Quantile(0) < 1 && d.CDF(0.5) > 0 {
		b.fail(v.at("requests"), "such as geometric(mean=6)", "a session makes at least one request")
	}
}

func (v *value) parsedRate() (quantity.Rate, bool) {
	if v == nil {
		return quantity.Rate{}, false
	}
	r, ok := v.parsed.(quantity.Rate)
	return r, ok
}

func (b *builder) trace(v *value, t *workload.Config) {
	t.TracePath, t.TraceFormat, t.TraceRule = v.at("file").text(), v.at("format").word(), v.at("rule").text()
	if name, ok := strings.CutPrefix(t.TracePath, libraryPrefix); ok {
		if t.TraceData, ok = LibraryTrace(t.TracePath); !ok {
			b.fail(v.at("file"), "berth list scenarios shows the library", "the library has no trace %q", clip(name))
		}
	}
	if t.TraceFormat == "auto" {
		t.TraceFormat = ""
	}
	t.MaxBad, t.Speed = int(v.at("max_bad").int()), v.at("speed").num()
	if c := v.at("columns"); c != nil {
		t.TraceColumns = map[string]string{}
		for _, k := range c.kids {
			t.TraceColumns[k.key] = k.text()
		}
	}
}

func (b *builder) markets(v *value, t *workload.Config) {
	m := v.at("markets")
	if m == nil || m.form != mapping {
		return
	}
	t.Markets = map[string]float64{}
	for _, k := range m.kids {
		if _, err := b.world.Market(k.key); err != nil {
			b.fail(k, "", "%s", strings.TrimSpace(err.Error()))
			continue
		}
		t.Markets[k.key] = k.num()
	}
	total := 0.0
	for _, k := range m.kids {
		total += k.num()
	}
	if total <= 0 {
		b.fail(m, "", "the weights of the markets sum to 0")
	}
}

func (b *builder) clients(v *value, t *workload.Config, kind string) {
	list := v.at("clients")
	if list == nil {
		return
	}
	scripted := 0
	for _, item := range list.items {
		c := workload.Client{Name: item.at("name").text(), Weight: item.at("weight").num(), Key: item.at("key").text()}
		if p, ok := b.place(item.at("at")); ok {
			c.Lat, c.Lon = p.Lat, p.Lon
		}
		if c.Name == "" {
			c.Name = item.at("at").text()
		}
		if times := item.at("times"); times != nil {
			scripted++
			if c.Key == "" {
				c.Key = "a"
			}
			c.At = []sim.Time{}
			for _, x := range times.items {
				if len(c.At) > 0 && x.span() < c.At[len(c.At)-1] {
					b.fail(x, "", "times must not go back")
				}
				c.At = append(c.At, x.span())
			}
		}
		t.Clients = append(t.Clients, c)
	}
	switch {
	case kind == "script" && scripted < len(list.items):
		b.fail(list, "give every client times, or the entry a rate", "an entry without a rate is a script, which needs times for every client")
	case kind != "script" && scripted > 0:
		b.fail(list, "leave out the rate, or the times", "clients with times are a script, which has no rate")
	}
}

func (b *builder) shape(v *value) workload.Shape {
	s := workload.Shape{Growth: v.at("growth").num()}
	s.Daily, s.DailyName = b.cycle(v.at("daily"), workload.DailyProfile, 24)
	s.Weekly, s.WeeklyName = b.cycle(v.at("weekly"), workload.WeeklyProfile, 7)
	if x := v.at("sine"); x != nil {
		s.SineAmplitude, s.SinePeriod = x.at("amplitude").num(), x.at("period").span()
	}
	for _, item := range itemsOf(v.at("bursts")) {
		burst := workload.Burst{At: item.at("at").span(), Over: item.at("over").span(), Every: item.at("every").span(), Count: int(item.at("count").num())}
		if burst.At > b.cfg.Duration {
			b.warn(item.at("at"), "", "is after the end of the run (%v)", b.cfg.Duration)
		}
		s.Bursts = append(s.Bursts, burst)
	}
	for _, item := range itemsOf(v.at("flash")) {
		s.Flash = append(s.Flash, workload.Flash{At: item.at("at").span(), Ramp: item.at("ramp").span(), Hold: item.at("hold").span(),
			Decay: item.at("decay").span(), Factor: item.at("factor").num()})
	}
	last := sim.Time(-1)
	for _, item := range itemsOf(v.at("table")) {
		from := item.at("from").span()
		if from <= last {
			b.fail(item.at("from"), "", "the steps of a table must go forward")
		}
		last = from
		s.Table = append(s.Table, workload.TablePoint{From: from, Factor: item.at("factor").num()})
	}
	return s
}

func itemsOf(v *value) []*value {
	if v == nil {
		return nil
	}
	return v.items
}

// cycle reads a named profile or a list of n numbers and normalises it to mean 1.
func (b *builder) cycle(v *value, named func(string) (workload.Profile, bool), n int) ([]float64, string) {
	if v == nil || v.word() == "flat" {
		return nil, ""
	}
	p, ok := named(v.word())
	if v.form == list {
		p.Name, ok = "custom", true
		for _, item := range v.items {
			p.Values = append(p.Values, item.num())
		}
	}
	sum := 0.0
	for _, x := range p.Values {
		sum += x
	}
	switch {
	case !ok:
		return nil, "" // reported when it was read
	case len(p.Values) != n:
		b.fail(v, "", "%d numbers instead of %d", len(p.Values), n)
		return nil, ""
	case sum <= 0:
		b.fail(v, "", "the numbers sum to 0")
		return nil, ""
	}
	return p.Normalised(), p.Name
}

// interarrival checks that a renewal law agrees with the rate and has no shape.
func (b *builder) interarrival(v *value, t *workload.Config) {
	law := v.at("interarrival")
	if law == nil || law.dist() == nil {
		return
	}
	t.Interarrival = law.dist()
	if mean := t.Interarrival.Mean(); t.PerSecond <= 0 || math.Abs(mean*t.PerSecond-1) > 0.01 {
		b.fail(law, "give the law the mean of the rate", "its mean of %s does not agree with the rate of %.6g/s", sim.FromSeconds(mean), t.PerSecond)
	}
	s := t.Shape
	if s.Daily != nil || s.Weekly != nil || s.SineAmplitude > 0 || s.Growth != 0 || len(s.Flash) > 0 || len(s.Table) > 0 {
		b.fail(law, "leave out the shape or the law", "a renewal process has no daily, weekly or other shape")
	}
}
