package edge

import (
	"context"

	"berth/models/image"
	"berth/models/instance"
	"berth/models/result"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
)

// Event classes: at equal times what frees something comes before arrivals,
// arrivals before retries and looks, those before expiries (a request that
// arrives exactly at expiry finds the instance awake), those before what the
// platform does to instances.
const (
	classFree uint8 = iota
	classArrival
	classRetry
	classExpiry
	classPlatform
)

// eventKind is the kind of a queue entry.
type eventKind uint8

const (
	evArriveDO   eventKind = iota // a: request
	evWorker                      // a: request, at its Worker, to be routed
	evResend                      // a: request, sent again by its client
	evTimeout                     // a: request, its client's patience ends
	evSession                     // a: session
	evRetryPlace                  // a: instance, looks for a place again
	evReady                       // a: instance
	evStartFail                   // a: instance, the second clock
	evLook                        // a: instance, something inside may become visible
	evWakeAgain                   // a: instance, suspended, looks again for a slot
	evExpire                      // a: instance, sleep deadline
	evExit                        // a: instance, has left after SIGTERM
	evDrainClock                  // a: instance, waiters of a draining instance give up
	evRestart                     // a: instance, its host restarts
	evReplace                     // a: instance, rollout after its grace
	evRefill                      // a: app, b: PoP
	evOutage                      // a: PoP
	evRestore                     // a: PoP
	evRollout                     // a: app, b: rollout<<8 | step
	evTouch                       // a: app, b: touch
	evPoolLook                    // a: pool instance, something may have left it
	evPoolFree                    // a: pool instance, its object learns that a slot is free
	evPoolExpire                  // a: app, after the sleep deadlines of its instances at this instant
	evPoolDue                     // a: app, somebody in its lanes leaves while others wait
	evWarmTick                    // a: app
	evScaleTick                   // a: app
	evBatch                       // a: entry, a part-filled batch has waited long enough
	evImage                       // a: app, b: PoP: the image has arrived
	evWarmup
	evKeepMinimum // a: app, b: id that is to be kept running
	evObserve     // a: index of the instant
	evPrewarm     // a: id, b: app
	evSent        // a: app, b: region: a client there sends a request
)

const genBits = 24

func pack(kind eventKind, a int32, gen uint32) uint64 {
	return uint64(kind)<<56 | uint64(gen&(1<<genBits-1))<<32 | uint64(uint32(a))
}

func unpack(d uint64) (kind eventKind, a int32, gen uint32) {
	return eventKind(d >> 56), int32(uint32(d)), uint32(d>>32) & (1<<genBits - 1)
}

// Progress is told how far a run is.
type Progress func(now sim.Time, requests int64)

// engine is one replication under way.
type engine struct {
	m    *Model
	cfg  *Config
	rep  int
	seed uint64 // of the replication

	now     sim.Time
	horizon sim.Time
	drains  bool // runs on after the horizon until nothing is left
	warmup  sim.Time
	q       *sim.Queue
	pool    *instance.Pool
	entries []entryState
	apps    []appState
	acct    accountState

	free     []int32 // free places by PoP; -1 unlimited
	inUse    []int32 // places in use by PoP
	down     []bool  // PoPs in outage
	sessions []session
	freeSess int32

	out         *result.Run
	events      int64
	log         RequestLog
	rare        rng.Stream  // the stream of a rare draw, see derived
	sessionDraw draws       // of the request of a session being made
	view        view        // shown to placement policies
	coming      []sim.Entry // scratch of fetchEvents
	sink        uint32      // keeps early loads from being optimised away
	outages     []uint32    // by PoP: how many it has had
	caches      []*image.Cache
	sent        uint32
	last        sim.Time // when a request or a run ended last
	replays     []replay
	run         soloRun   // the session that is being simulated ahead
	solo        soloDraws // of it
	aheadTo     sim.Time  // how far any is
}

// entryState is one traffic entry of one replication.
type entryState struct {
	en     *entry
	cur    workload.Cursor
	nextAt sim.Time // of ahead[0]
	nextPl int32
	ahead  [lookAhead]arrival
	drawn  *drawn // of an entry whose requests pass through lanes, else nil
	d      draws
	number uint64 // of the next session or user
	// soloDraws is how many requests of a session are drawn at once.
	soloDraws int
	backlog
}

// lookAhead is how many arrivals of an entry are drawn before their time, so
// that what they will touch can be fetched into the cache meanwhile. Every
// purpose has its own stream, so drawing early changes nothing.
const lookAhead = 3

// arrival is one arrival drawn ahead; key is the id it asks for, where the
// routing looks at nothing else, or None.
type arrival struct {
	at    sim.Time
	place int32
	key   int32
	inst  int32
}

// draws are the random streams of one purpose each.
type draws struct {
	gap, place, network, key, cpu, io, mem, bytes, calls rng.Stream
}

// purposes of the streams.
const (
	pGap uint64 = iota + 1
	pPlace
	pNetwork // the Worker and the jitter of the hops
	pKey
	pCPU
	pIO
	pMem
	pBytes
	pCalls
	pSession
	pThink
	pCount
	pStart
	pInit
	pPlatform
	pDO
	pShutdown
	pHost
	pOutage
	pRefill
	pProbe
	pPolicy
	pCatalogue
	pMessage
	pWarm
	pBackoff
	pPick
)

// derived keeps a rare stream in the engine: its address goes through
// interfaces, and a stream of its own would be allocated at every use.
func (e *engine) derived(s rng.Stream) *rng.Stream {
	e.rare = s
	return &e.rare
}

// lifeOf are the streams of the n-th start of what key names and of the life that
// follows; 0 is for what outlives them.
func lifeOf(seed, key, n uint64) rng.Family { return rng.FamilyOf(seed^key, n) }

// drawRare draws from the stream of an entity's purpose; a constant takes none.
func (e *engine) drawRare(s *dist.Sampler, key, purpose, n uint64) sim.Time {
	if c, ok := s.IsConstant(); ok {
		return sim.Time(c)
	}
	return sim.Time(s.Int64(e.derived(lifeOf(e.seed, key, n).Stream(purpose))))
}

func entryDraws(seed, entry uint64) draws {
	s := func(p uint64) rng.Stream { return rng.Derive(seed, entry, p) }
	return draws{gap: s(pGap), place: s(pPlace), network: s(pNetwork), key: s(pKey), cpu: s(pCPU), io: s(pIO),
		mem: s(pMem), bytes: s(pBytes), calls: s(pCalls)}
}

// Options of one run.
type Options struct {
	Progress Progress
	Log      RequestLog
}

// RequestLog receives every request that was answered or failed, in the order
// in which the engine learns of it.
type RequestLog interface {
	Request(r LoggedRequest)
}

// LoggedRequest is one line of a request log.
type LoggedRequest struct {
	App, Entry int
	Sent       sim.Time
	Latency    sim.Time // 0 when it failed
	Parts      [result.NumParts]sim.Time
	Place      int32
	Worker, DO int16
	Container  int16 // -1: none
	ID         int32
	Cold       bool
	Failed     bool
	Cause      result.Cause
	Retry      int
	Bytes      int64
}

// Run simulates one replication. When ctx ends early the result is marked
// Partial and holds the tallies up to then.
func (m *Model) Run(ctx context.Context, replication int, opt Options) (*result.Run, error) {
	e := newEngine(m, replication)
	e.log = opt.Log
	if err := e.openTraces(); err != nil {
		return nil, err
	}
	defer e.closeTraces()
	e.begin()
	if err := e.loop(ctx, opt.Progress); err != nil {
		return nil, err
	}
	e.finish()
	return e.out, nil
}

const contextEvery = 1 << 14

// loop takes the earliest of the next arrivals and the queue's head until the
// horizon, or in a draining run until nothing is left.
func (e *engine) loop(ctx context.Context, progress Progress) error {
	count, done := 0, ctx.Done()
	for {
		count++
		if count >= contextEvery {
			count = 0
			if progress != nil {
				progress(e.now, e.requestsSoFar())
			}
			select {
			case <-done:
				done = nil
				e.interrupt()
			default:
			}
		}
		ei, at := e.nextArrival()
		head, queued := e.q.Peek()
		if queued && (head.At < at || head.At == at && head.Class() < classArrival) {
			if head.At > e.horizon && !e.drains {
				break
			}
			e.fetchEvents()
			e.q.Pop()
			e.now = head.At
			e.events++
			e.handle(head.Data)
			continue
		}
		if at == sim.Never || at > e.horizon {
			if e.drains && (queued || e.runOn()) {
				e.closeArrivals()
				continue
			}
			break
		}
		if e.entries[ei].drawn != nil {
			count += e.passLanes(ei, queued, &head)
			continue
		}
		e.now = at
		e.events++
		if err := e.arrival(ei); err != nil {
			return err
		}
	}
	if !e.drains {
		e.now = e.horizon
	}
	return nil
}

// interrupt ends a run as soon as what has been simulated ahead has come to pass.
func (e *engine) interrupt() {
	e.out.Partial, e.drains = true, false
	e.horizon = max(e.now, e.aheadTo) + 1 // as in any run, nothing is sent at its very end
}

// runOn moves a draining run whose queue is empty on to what still happens
// inside an instance that nothing ends; false when nothing does.
func (e *engine) runOn() bool {
	next, at := instance.None, sim.Never
	for i := range e.pool.Insts {
		e.rouse(int32(i))
		in := &e.pool.Insts[i]
		if in.State != instance.Ready && in.State != instance.Draining {
			continue
		}
		e.closeLane(int32(i))
		if t := e.pool.NextChange(int32(i), &e.apps[in.App].m.spec); t < at {
			next, at = int32(i), t
		}
	}
	if next == instance.None {
		return false
	}
	e.now = max(e.now, at)
	e.look(next)
	return true
}

func (e *engine) nextArrival() (int, sim.Time) {
	best, at := -1, sim.Never
	for i := range e.entries {
		if t := e.entries[i].nextAt; t < at {
			best, at = i, t
		}
	}
	return best, at
}

func (e *engine) closeArrivals() {
	for i := range e.entries {
		e.entries[i].nextAt = sim.Never
	}
}

func (e *engine) handle(data uint64) {
	kind, a, gen := unpack(data)
	switch kind {
	case evArriveDO:
		e.arriveDO(a)
	case evWorker:
		e.atWorker(a)
	case evResend:
		e.send(a)
	case evSession:
		if e.sessions[a].gen&(1<<genBits-1) == gen {
			e.sessionDue(a)
		}
	case evTimeout:
		if e.pool.Reqs[a].Gen&(1<<genBits-1) == gen {
			e.timeout(a)
		}
	case evRefill:
		e.refilled(a, int(gen))
	case evOutage:
		e.outage(int(a))
	case evRestore:
		e.restore(int(a))
	case evRollout:
		e.rolloutStep(a, gen)
	case evTouch:
		e.touch(a, int(gen))
	case evPoolLook:
		if e.pool.Insts[a].Gen&(1<<genBits-1) == gen {
			e.poolLook(a)
		}
	case evPoolFree:
		if e.pool.Insts[a].Gen&(1<<genBits-1) == gen {
			e.poolFree(a)
		}
	case evPoolExpire:
		e.poolExpire(&e.apps[a])
	case evPoolDue:
		e.poolDue(&e.apps[a])
	case evWarmTick:
		e.warmTick(a)
	case evScaleTick:
		e.scaleTick(a)
	case evBatch:
		e.batchDue(a)
	case evImage:
		e.imageArrived(a, int(gen))
	case evKeepMinimum:
		e.minimumDue(&e.apps[a], int32(gen))
	case evWarmup:
		e.warmedUp()
	case evObserve:
		e.observe(int(a))
	case evPrewarm:
		e.prewarm(&e.apps[gen], a)
	case evSent:
		e.regionSent(&e.apps[a], uint8(gen))
	default:
		if e.pool.Insts[a].Gen&(1<<genBits-1) == gen {
			e.handleInstance(kind, a)
		}
	}
}

// handleInstance handles the events of an instance that is still the one they
// were meant for.
func (e *engine) handleInstance(kind eventKind, i int32) {
	e.rouse(i)
	switch kind {
	case evRetryPlace:
		e.tryPlace(i)
	case evReady:
		e.ready(i)
	case evStartFail:
		e.startFailed(i)
	case evLook:
		e.lookIfRunning(i)
	case evWakeAgain:
		e.wakeAgain(i)
	case evExpire:
		e.expire(i)
	case evExit:
		e.exit(i)
	case evDrainClock:
		e.drainClock(i)
	case evRestart:
		e.hostRestart(i)
	case evReplace:
		e.replace(i)
	default:
		panic("edge: unknown event kind")
	}
}

// later queues an event of an instance.
func (e *engine) later(at sim.Time, class uint8, kind eventKind, i int32) {
	e.q.Push(max(at, e.now), class, pack(kind, i, e.pool.Insts[i].Gen))
}

func (e *engine) requestsSoFar() int64 {
	n := int64(0)
	for i := range e.apps {
		n += e.apps[i].out.Requests
	}
	return n
}

// past says whether a draining run is beyond its horizon: nothing new begins.
func (e *engine) past() bool { return e.now > e.horizon }
