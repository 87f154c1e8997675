package bench

import (
	"berth/models/edge"
	"berth/models/instance"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
)

const (
	requestsPerSession = 10
	thinkSeconds       = 20
)

// sessionsConfig is a stream of users with an instance each, who think for a
// while after every answer. As many as there are on average come at the start.
func sessionsConfig(requests int64, rate float64) *edge.Config {
	cfg := base(span(requests, rate))
	cfg.Network = edge.Network{Jitter: 0.05, SamePoPms: 0.5, ReroutedShare: 0.1}
	a := &cfg.Apps[0]
	a.Service = edge.ProcessorSharing
	a.Route = edge.Route{By: "session"}
	a.SleepAfter = 5 * sim.Minute
	a.Start, a.Shutdown = coldStart(), law("1s")
	a.Work = edge.Work{CPU: law("lognormal(mean=20ms, cv=1)"), IO: law("exponential(mean=30ms)"), Response: size("lognormal(mean=50kB, cv=2)")}
	a.Traffic = []workload.Config{{Name: "traffic", Kind: workload.Sessions, PerSecond: rate / requestsPerSession,
		Shape:              workload.Shape{Bursts: []workload.Burst{{Over: sim.Second, Count: int(rate * thinkSeconds)}}},
		RequestsPerSession: number("geometric(mean=10)"), Think: law("lognormal(mean=20s, cv=1)")}}
	return cfg
}

func sessionsJob(requests int64) (job, error) {
	return newScene(sessionsConfig(requests, 1000), requests, sessionFloor)
}

// sessionFloor is the floor of closed sessions that have an instance each: the
// rows of open traffic, with streams derived for each request, a think time, and one
// object and lane for all requests of a session.
func sessionFloor(cfg *edge.Config) (func(int64) uint64, error) {
	g, err := newGeography(cfg)
	if err != nil {
		return nil, err
	}
	a := &cfg.Apps[0]
	entry := &a.Traffic[0]
	up := max(1, int(entry.PerSecond*(requestsPerSession*thinkSeconds+a.SleepAfter.Seconds())))
	f := &talks{rows: rows{g: g, work: newLaws(&a.Work), objects: make([]laneObject, up), lanes: make([]instance.Lane, up)},
		count: dist.Compile(entry.RequestsPerSession, 1), think: dist.Compile(entry.Think, 1e9)}
	f.scatter()
	return f.run, nil
}

// talks is the floor of sessions.
type talks struct {
	rows
	count, think *dist.Sampler
	families     [rowsAhead]rng.Family
	scratch      rng.Stream
	pause        [rowsAhead]int64
}

func (f *talks) run(units int64) uint64 {
	s := newStreams(1)
	cursor := f.g.arrivals.Cursor(&s.gap, &s.place)
	filled, number := 0, 0
	for units > 0 {
		at, place := cursor.Next()
		if at == sim.Never {
			s = newStreams(2)
			cursor = f.g.arrivals.Cursor(&s.gap, &s.place)
			continue
		}
		key := rng.Hash(uint64(at))
		r := rng.Derive(key, 9)
		left := min(units, max(1, f.count.Int64(&r)))
		units -= left
		number++
		id := int32(spread(uint64(number), len(f.objects)))
		for k := int64(0); k < left; {
			n := int(min(left-k, int64(rowsAhead-filled)))
			f.draw(key, uint64(k), filled, n)
			for j := filled; j < filled+n; j++ {
				f.at[j], f.place[j], f.id[j] = at, place, id
				f.request(j)
				at += sim.Time(f.service[j] + f.pause[j])
			}
			k += int64(n)
			if filled += n; filled == rowsAhead {
				f.record(filled)
				filled = 0
			}
		}
	}
	f.record(filled)
	return f.sum
}

// draw makes the draws of n requests of a session from its k-th on, into the rows
// from first on.
func (f *talks) draw(key, k uint64, first, n int) {
	for j := range n {
		f.families[j] = rng.FamilyOf(key, k+uint64(j))
		s := f.families[j].Stream(3)
		f.words[first+j] = s.Uint64()
	}
	families := f.families[:n]
	f.work.cpu.Each(f.cpu[first:first+n], families, 5, &f.scratch)
	f.work.io.Each(f.io[first:first+n], families, 6, &f.scratch)
	f.work.bytes.Each(f.bytes[first:first+n], families, 7, &f.scratch)
	f.think.Each(f.pause[first:first+n], families, 10, &f.scratch)
}

// spread maps a number anywhere into [0, n).
func spread(x uint64, n int) int {
	return int((x * 0x9e3779b97f4a7c15 >> 32) * uint64(n) >> 32)
}

const (
	connections       = 4000
	connectionSeconds = 600
	messagesPerSecond = 1
)

// websocketConfig is a stream of long connections to keyed instances, whose
// messages cost processor time and bytes. As many as there are on average come at
// once at the start, so that the run is in its steady state from there on.
func websocketConfig(requests int64, connections float64) *edge.Config {
	cfg := base(span(requests, connections*messagesPerSecond))
	cfg.Network = edge.Network{Jitter: 0.05, SamePoPms: 0.5, ReroutedShare: 0.1}
	a := &cfg.Apps[0]
	a.Service = edge.ProcessorSharing
	a.Route = edge.Route{By: "key", Keys: 2000}
	a.Traffic = []workload.Config{{Name: "traffic", Kind: workload.WebSockets, PerSecond: connections / connectionSeconds,
		Shape:    workload.Shape{Bursts: []workload.Burst{{Over: sim.Second, Count: int(connections)}}},
		Duration: law("exponential(mean=600s)"), MessagesPerSec: messagesPerSecond,
		MessageCPU: law("lognormal(mean=2ms, cv=1)"), MessageBytes: size("lognormal(mean=2kB, cv=1)"), OutgoingPerSec: messagesPerSecond}}
	return cfg
}

func websocketJob(requests int64) (job, error) {
	s, err := newScene(websocketConfig(requests, connections), 0, messageFloor)
	if err != nil {
		return nil, err
	}
	s.count = func(r *result.Run) int64 { return r.Apps[0].MessagesInWS + r.Apps[0].Requests }
	return s, nil
}

// messageFloor is the floor of messages: a derived stream with three draws, one
// touch of the instance, one histogram.
func messageFloor(cfg *edge.Config) (func(int64) uint64, error) {
	entry := &cfg.Apps[0].Traffic[0]
	work, bytes := dist.Compile(entry.MessageCPU, 1e9), dist.Compile(entry.MessageBytes, 1)
	insts := make([]instance.Instance, cfg.Apps[0].Route.Keys)
	return func(units int64) uint64 {
		var l ledger
		for n := range units {
			i := spread(uint64(n), len(insts))
			r := rng.FamilyOf(uint64(i), uint64(n)).Stream(25)
			at := sim.Time(n) + sim.FromSeconds(r.Exp()/messagesPerSecond)
			cpu := work.Int64(&r)
			l.egress.Add(uint64(bytes.Int64(&r)))
			touch(&insts[i], at)
			l.hist[0].Record(cpu)
			l.sum += uint64(cpu)
		}
		return l.sum
	}, nil
}
