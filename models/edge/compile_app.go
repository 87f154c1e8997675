package edge

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"berth/models/geo"
	"berth/models/image"
	"berth/models/instance"
	"berth/models/placement"
	"berth/models/routing"
	"berth/models/workload"
	"berth/sim"
	"berth/sim/dist"
)

// compileApp resolves an app's names and compiles its laws.
func (m *Model) compileApp(ai int, ex Extra) (app, error) {
	c := &m.cfg.Apps[ai]
	a := app{cfg: c, index: int32(ai), smart: c.Place.SmartWorker, nearDO: c.Place.Near == "do", retries: c.Client.Retries, warmAt: -1}
	for _, t := range c.Traffic {
		open := t.Kind == workload.Requests || t.Kind == workload.WebSockets || t.Kind == workload.Trace
		a.seesRefusal = a.seesRefusal || !open || c.End != EndSleep
	}
	a.seesRefusal = a.seesRefusal || c.Client.Retries > 0
	a.memBytes = c.Type.MemoryMiB << 20
	a.spec = m.instanceSpec(ai)
	if every := c.Meter.AlarmEvery; every > 0 {
		a.alarmRate = instance.NewRate(int64(every))
	}
	var errs []error
	fail := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	fail(a.compileRoute(c))
	a.smart = a.smart && !a.routeAtWorker // a Worker that looks at instances stays where it is
	fail(a.compilePlacement(m, c, ex))
	fail(a.compileKeepAlive(c, ex))
	a.platform, a.init = orZero(c.Start.Platform, perSecond), orZero(c.Start.Init, perSecond)
	a.wake, a.shutdown = orZero(c.Start.Wake, perSecond), orZero(c.Shutdown, perSecond)
	a.refill, a.backoff = orZero(c.Image.Refill, perSecond), sampler(c.Client.Backoff, perSecond)
	a.pullTime = image.PullTime(c.Image.CompressedMB, c.Image.UnpackedMB, m.cfg.Hosts.PullMbps, m.cfg.Hosts.UnpackMBs)
	a.unpackRatioPct = 250
	if c.Image.CompressedMB > 0 {
		a.unpackRatioPct = 100 * c.Image.UnpackedMB / c.Image.CompressedMB
	}
	fail(a.compileBackend(m, c)) // before the market's round trips, which include it
	fail(a.compileImage(m, c, ex))
	fail(a.compileWarm(m, c))
	return a, errors.Join(errs...)
}

func (m *Model) instanceSpec(ai int) instance.Spec {
	c := &m.cfg.Apps[ai]
	threads := c.Threads
	if threads <= 0 {
		threads = 1
	}
	s := instance.Spec{VCPU1024: c.Type.VCPU1024, Thread1024: int64(math.Max(1, threads*1024)), FullSpeed: c.Service == FullSpeed,
		Slots: int32(c.Concurrency), Queue: int32(c.QueueLimit), MemBase: c.Work.BaseMemoryMiB << 20}
	if c.Service == FIFO {
		s.Slots = 1
	}
	uses := c.Work.Memory != nil && c.Work.Memory.Mean() > 0
	for _, t := range c.Traffic {
		uses = uses || t.Memory != nil && t.Memory.Mean() > 0
	}
	if uses {
		s.MemLimit = c.Type.MemoryMiB << 20
	}
	if c.Image.GrowthKB > 0 {
		s.DiskSlack = max(1, (c.Type.DiskMB-c.Image.UnpackedMB-c.Image.ScratchMB)*1000/c.Image.GrowthKB)
	}
	return s
}

func (a *app) compileRoute(c *App) error {
	by, ok := routes[c.Route.By]
	if !ok {
		return fmt.Errorf("unknown routing %q", c.Route.By)
	}
	a.route = by
	a.routeAtWorker = by == routeLeastInFlight || by == routeAutoscale || by == routePool
	switch by {
	case routeKey:
		a.fixedIDs = c.Route.Keys
		if c.Route.Alpha > 0 {
			var err error
			a.keys, err = dist.NewAlias(dist.ZipfWeights(c.Route.Keys, c.Route.Alpha))
			return err
		}
	case routeRandomN, routeLeastInFlight:
		a.fixedIDs = max(1, c.Route.N)
	case routeSingleton:
		a.fixedIDs = 1
	case routeAutoscale:
		a.fixedIDs = c.Route.MaxN
		if a.fixedIDs <= 0 {
			a.fixedIDs = max(c.MaxInstances, 1)
		}
		a.room = c.Concurrency
		if a.room == 0 {
			a.room = 1 + int(2*c.Type.VCPU())
		}
	case routePool:
		pick := c.Route.Pick
		if pick == "" {
			pick = "newest"
		}
		var err error
		a.pick, err = routing.Find(pick)
		return err
	}
	return nil
}

func (a *app) compilePlacement(m *Model, c *App, ex Extra) error {
	var err error
	if a.policy, err = placement.Find(c.Place.Policy, ex.Placement); err != nil {
		return err
	}
	switch a.policy.Policy.(type) {
	case placement.NearestPrefetched, placement.NearestAny, placement.LatencyOptimal:
		a.steady = measuredNear
	case placement.AtDO:
		a.steady = measuredDO
	case placement.LeastLoaded:
	default:
		a.policyDraws = true
	}
	if a.do, err = m.World.NewDOPlacement(geo.DOSpec{Hint: c.Route.Hint, Jurisdiction: c.Route.Jurisdiction}); err != nil {
		return err
	}
	allowed, problems := m.World.Allowed(geo.Constraint{Regions: c.Place.Regions, Jurisdiction: c.Place.Jurisdiction, Tiers: c.Place.Tiers}, m.cfg.AsOf)
	for _, p := range problems {
		if !p.Warning {
			return p
		}
	}
	if len(c.Place.Pops) > 0 {
		list, err := m.World.Indices(c.Place.Pops)
		if err != nil {
			return err
		}
		in := make([]bool, m.pops)
		for _, p := range list {
			in[p] = allowed[p]
		}
		allowed = in
	}
	some := false
	for p := range allowed {
		allowed[p] = allowed[p] && m.hostIndex[p] >= 0
		some = some || allowed[p]
	}
	if !some {
		return errors.New("placement: no PoP that hosts containers satisfies the regions, jurisdiction and PoPs asked for")
	}
	a.allowed = allowed
	a.demandPops, err = dist.NewAlias(nonEmpty(m.popDemand(int(a.index))))
	return err
}

func nonEmpty(w []float64) []float64 {
	for _, x := range w {
		if x > 0 {
			return w
		}
	}
	w[0] = 1
	return w
}

// compileImage prepares prefetching, prepared places and the catalogue.
func (a *app) compileImage(m *Model, c *App, ex Extra) error {
	var err error
	if a.prefetch, err = image.Find(orName(c.Image.Prefetch, "everywhere"), ex.Prefetch); err != nil {
		return err
	}
	if c.Image.Catalogue > 0 {
		if a.catalogue, err = dist.NewAlias(dist.ZipfWeights(c.Image.Catalogue, c.Image.Alpha)); err != nil {
			return err
		}
		a.catalogueBase = int32(a.index+1) << 20
	}
	switch {
	case c.FirstDeploy:
		a.have = m.schedule(a, 0, deployUpload, a.pullTime)
	case c.Image.Prefetch != "" && c.Image.Prefetch != "everywhere":
		a.have = m.schedule(a, math.MinInt64/2, 0, 0)
	}
	if a.policy.Name == "latency-optimal" || len(ex.Placement) > 0 {
		a.marketRTT = m.marketRTT(a)
	}
	if c.Image.PreparedPlaces > 0 {
		a.prepared = spreadByDemand(c.Image.PreparedPlaces, preparedFloor(c.Image.PreparedPlaces, a.allowed), m.popDemandNear(int(a.index), a.allowed), a.allowed)
	}
	if a.have != nil || a.prepared != nil || m.cfg.Hosts.Places > 0 || m.cfg.Outages.PoPPerHour > 0 || len(c.Rollouts) > 0 || len(c.Min.ByRegion) > 0 {
		a.steady = unsteady
	}
	return nil
}

// steadiness says whether a policy chooses the same place again whenever it
// measures from the same PoP: where it looks at nothing that changes in a run.
type steadiness uint8

const (
	unsteady     steadiness = iota
	measuredNear            // from Query.Near
	measuredDO              // from Query.DO
)

// preparedFloor gives every allowed host a prepared place where there are
// enough for all.
func preparedFloor(total int, allowed []bool) int {
	n := 0
	for _, ok := range allowed {
		if ok {
			n++
		}
	}
	if total >= n {
		return 1
	}
	return 0
}

func orName(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

// schedule is when each PoP has a new image, by the app's prefetch policy.
func (m *Model) schedule(a *app, begin, upload, pull sim.Time) []sim.Time {
	demand := m.popDemandNear(int(a.index), a.allowed)
	var hosts []image.Host
	for _, p := range m.hosts {
		hosts = append(hosts, image.Host{Pop: int(p), Region: m.regions[m.popRegion[p]], Demand: demand[p]})
	}
	at := image.Schedule(a.prefetch.Order(hosts, a.cfg.Image.PrefetchRegions), begin, upload, pull, pullLanes)
	have := make([]sim.Time, m.pops)
	for p := range have {
		have[p] = sim.Never
		if t, ok := at[p]; ok {
			have[p] = t
		}
	}
	return have
}

// popDemandNear moves each PoP's demand to the nearest PoP of a set.
func (m *Model) popDemandNear(ai int, set []bool) []float64 {
	out := make([]float64, m.pops)
	for p, d := range m.popDemand(ai) {
		if d == 0 {
			continue
		}
		for _, h := range m.hostOrder[p] {
			if set[h] {
				out[h] += d
				break
			}
		}
	}
	return out
}

// spreadByDemand shares out total places over a set of PoPs by demand with at
// least atLeast each, by largest remainder, ties to the lower index.
func spreadByDemand(total, atLeast int, demand []float64, set []bool) []int32 {
	out := make([]int32, len(demand))
	sum := 0.0
	var in []int
	for p := range demand {
		if set[p] {
			in = append(in, p)
			sum += demand[p]
			out[p] = int32(atLeast)
			total -= atLeast
		}
	}
	if total <= 0 || len(in) == 0 {
		return out
	}
	rest := make([]float64, len(demand))
	given := 0
	for _, p := range in {
		share := float64(total) / float64(len(in))
		if sum > 0 {
			share = float64(total) * demand[p] / sum
		}
		whole := int(share)
		out[p] += int32(whole)
		given += whole
		rest[p] = share - float64(whole)
	}
	sort.SliceStable(in, func(i, j int) bool { return rest[in[i]] > rest[in[j]] })
	for k := 0; given < total; k++ {
		out[in[k%len(in)]]++
		given++
	}
	return out
}

// marketRTT is the mean round trip in ms from an app's whole market, and its
// backend weighted by calls, to each host.
func (m *Model) marketRTT(a *app) []float64 {
	out := make([]float64, m.pops)
	weight := 0.0
	for _, en := range m.entries {
		if en.app != a.index {
			continue
		}
		for i, w := range en.weights {
			if w == 0 {
				continue
			}
			weight += w
			o := &m.origin[i]
			for _, h := range m.hosts {
				out[h] += w * float64(m.World.ClientRTT(o.Point, o.Net, int(h)))
			}
		}
	}
	for _, h := range m.hosts {
		if weight > 0 {
			out[h] /= weight
		}
		if b := a.backend; b != nil {
			out[h] += b.calls.Mean() * float64(b.perCall) * float64(b.rtt[h]) / 1e6
		}
	}
	return out
}

// compileBackend finds the data store's place.
func (a *app) compileBackend(m *Model, c *App) error {
	b := &c.Backend
	if b.At == "" {
		return nil
	}
	out := &backend{cfg: b, calls: orZero(b.Calls, 1), bytes: sampler(b.Bytes, 1), perCall: 1, rtt: make([]int32, m.pops)}
	if b.ConnectPerCall {
		out.perCall = 2
	}
	if b.MBps > 0 {
		out.nsPerByte = 1e9 / (b.MBps * 1e6)
	}
	a.backend = out
	if b.At == "nearest" || b.At == "r2" {
		for p := range out.rtt {
			out.rtt[p] = m.rtt[p*m.pops+p]
		}
		return nil
	}
	o, err := m.locate(b.At)
	if err != nil {
		return fmt.Errorf("backend: %w", err)
	}
	for p := range out.rtt {
		out.rtt[p] = int32(float64(m.World.ClientRTT(o.Point, o.Net, p)) * 1e6)
	}
	return nil
}

// locate finds a city, a region's largest city, a PoP or "lat,lon".
func (m *Model) locate(at string) (geo.Origin, error) {
	if lat, lon, ok := strings.Cut(at, ","); ok {
		la, err1 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
		lo, err2 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
		if err1 == nil && err2 == nil {
			return m.World.OriginAt(at, "", geo.Point{Lat: la, Lon: lo})
		}
	}
	if p, ok := m.World.Index(at); ok && len(at) == 3 {
		return m.World.OriginAt(at, m.World.PoPs[p].Country, m.World.PoPs[p].Point)
	}
	cities, err := m.World.Market(at)
	if err != nil {
		return geo.Origin{}, err
	}
	return m.World.Cities()[cities[0]], nil
}

// compileWarm prepares the warm pool, the kept minimum and the crons.
func (a *app) compileWarm(m *Model, c *App) error {
	if a.route != routePool && a.fixedIDs == 0 || a.route == routeKey {
		a.warmN = c.Warm.N // a pool and fixed ids keep their own instances instead
	}
	if c.Warm.At != "" {
		p, ok := m.World.Index(c.Warm.At)
		if !ok {
			return fmt.Errorf("warm_pool: unknown PoP %q", c.Warm.At)
		}
		a.warmAt = int16(p)
	}
	if err := a.compileMinimum(c); err != nil {
		return err
	}
	busiest := int16(0)
	demand := m.popDemand(int(a.index))
	for p := range demand {
		if demand[p] > demand[busiest] {
			busiest = int16(p)
		}
	}
	for _, t := range c.Touches {
		from := busiest
		if t.From != "" {
			p, ok := m.World.Index(t.From)
			if !ok {
				return fmt.Errorf("keep_warm: unknown PoP %q", t.From)
			}
			from = int16(p)
		}
		a.touchFrom = append(a.touchFrom, from)
		a.touchCPU = append(a.touchCPU, sampler(t.CPU, perVCPUs))
	}
	return nil
}

// compileMinimum lists the regions of the kept instances: 0 anywhere, else the
// region's index + 1. Apps without fixed ids keep a warm pool instead.
func (a *app) compileMinimum(c *App) error {
	var list []uint8
	for n := 0; n < c.Min.N; n++ {
		list = append(list, 0)
	}
	names := make([]string, 0, len(c.Min.ByRegion))
	for name := range c.Min.ByRegion {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		r, ok := geo.ParseRegion(name)
		if !ok {
			return fmt.Errorf("min_instances: unknown region %q", name)
		}
		for n := 0; n < c.Min.ByRegion[name]; n++ {
			list = append(list, uint8(r)+1)
			a.minRegion = append(a.minRegion, uint8(r)+1)
		}
	}
	switch {
	case len(list) == 0 || a.route == routePool:
		return nil
	case a.fixedIDs == 0 || a.route == routeKey:
		a.warmN += len(list)
		return nil
	}
	if len(list) > a.fixedIDs {
		list = list[:a.fixedIDs]
	}
	a.minRegions = list
	return nil
}

var _ placement.View = view{}
