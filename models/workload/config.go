// Package workload says who asks when, from where and for what: arrival
// processes with daily, weekly and burst shapes, sessions, closed populations,
// background queues and traces.
package workload

import (
	"berth/sim"
	"berth/sim/dist"
)

// Kind is the kind of one traffic entry.
type Kind uint8

// The kinds of traffic entries.
const (
	Requests   Kind = iota // open arrivals; each is one request (plain, keyed or a job, as the app routes)
	Sessions               // open arrivals of sessions, each a chain of requests
	Users                  // a closed population of users that think and ask for ever
	Population             // a closed population of named ids that alternate off and up (Engset)
	Queue                  // background messages that wait for capacity
	WebSockets             // open arrivals of connections, each one long request with messages
	Trace                  // replay of a file
)

// Config is one resolved traffic entry of an app. Distributions of time are in
// seconds, of size in bytes, of counts dimensionless.
type Config struct {
	Name string // for reports: "traffic[0]" or the user's own
	Kind Kind

	// PerSecond is the mean arrival rate over the horizon before bursts, in 1/s
	// (Requests, Sessions, Queue, WebSockets). Total, when positive, says that
	// the rate came as an amount a month and that shapes must keep this total
	// over the horizon.
	PerSecond float64
	Total     float64

	// Interarrival, when set, replaces the Poisson process by a renewal process
	// of that law (seconds); shapes are then not allowed.
	Interarrival dist.Dist

	Shape Shape

	// Markets are the weights of countries, regions or cities; empty means every
	// city of the default demand by estimated internet users. Clients are extra
	// fixed client places with a weight each; when there are clients and no
	// markets, all demand comes from them.
	Markets map[string]float64
	Clients []Client

	// Sessions.
	RequestsPerSession dist.Dist // >= 1, counts
	Think              dist.Dist // closed: from the previous response, seconds
	Gap                dist.Dist // open: from the previous request, seconds
	// Length, when set, makes every session one request held for that long.
	Length dist.Dist

	// Users: Count users, Think between response and next request.
	Count int
	// Population: Count ids, each off for Off, then up for Up (one request whose
	// service is Up at full speed); a refused start goes back to off.
	Off, Up dist.Dist

	// Queue.
	Batch          int      // messages a request carries at most
	MaxConcurrency int      // batches in flight at most; 0 = unlimited
	MaxRetries     int      // per message
	Retention      sim.Time // older messages are dropped
	BatchWait      sim.Time // a part-filled batch waits this long at most

	// WebSockets.
	Duration       dist.Dist // seconds a connection lasts
	MessagesPerSec float64   // incoming messages a second and connection
	MessageCPU     dist.Dist // vCPU-seconds a message
	MessageBytes   dist.Dist // bytes sent by the container a message
	OutgoingPerSec float64   // outgoing messages a second and connection

	// Trace.
	TracePath    string
	TraceData    []byte            // read instead of the file when not nil (traces of the library)
	TraceFormat  string            // csv | azure2019 | azure2021 | azurellm | mooncake | clf
	TraceColumns map[string]string // --columns style mapping
	TraceRule    string            // named rule such as azurellm_mod4
	MaxBad       int               // malformed lines skipped at most
	Speed        float64           // time compression; 1 = as recorded

	// Work overrides; nil means the app's own.
	CPU, IO, Memory, Response dist.Dist
}

// Client is a fixed client place.
type Client struct {
	Name   string
	Lat    float64
	Lon    float64
	Weight float64
	// At, when not nil, lists the exact instants of this client's requests
	// (offsets from the start) and the key each asks for; the entry is then a
	// script and has no rate.
	At  []sim.Time
	Key string
}

// Shape modulates an arrival rate over time. Its factors multiply; every cyclic
// factor has mean 1 over its cycle.
type Shape struct {
	// Daily has 24 hourly values in each city's LOCAL time, normalised to mean 1;
	// nil is flat. DailyName is what the user wrote (office, evening, ...).
	Daily     []float64
	DailyName string
	// Weekly has 7 values, Monday first, local time, normalised to mean 1.
	Weekly     []float64
	WeeklyName string
	// Sine: rate x (1 + SineAmplitude sin(2 pi t / SinePeriod)), amplitude in [0, 1].
	SineAmplitude float64
	SinePeriod    sim.Time
	// Growth is the relative growth a month of 30.4375 days, compounded
	// continuously from the start (0.08 = 8 %/month).
	Growth float64
	Bursts []Burst
	Flash  []Flash
	// Table is a step function of multipliers from each offset on.
	Table []TablePoint
}

// Burst adds Count arrivals spread evenly at random over Over from At; Over 0
// means all at the same instant. Every > 0 repeats it.
type Burst struct {
	At, Over, Every sim.Time
	Count           int
}

// Flash multiplies the rate: a linear rise over Ramp to Factor, held for Hold,
// then exponential decay with time constant Decay.
type Flash struct {
	At, Ramp, Hold, Decay sim.Time
	Factor                float64
}

// TablePoint is one step of a rate table.
type TablePoint struct {
	From   sim.Time
	Factor float64
}
