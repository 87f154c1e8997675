package scenarios

import (
	"berth/models/edge"
	"berth/models/geo"
	"berth/models/platform"
	"berth/sim"
	"berth/sim/dist"
)

// soon is the reading of a setting left out as "soon after traffic stops".
const soon = 30 * sim.Second

func (b *builder) app(v *value) edge.App {
	a := edge.App{
		Name:        v.key,
		Type:        b.instanceType(v.at("instance_type")),
		Threads:     v.at("work", "threads").num(),
		Service:     map[string]edge.Service{"full-speed": edge.FullSpeed, "fifo": edge.FIFO}[v.at("service").word()],
		Concurrency: v.at("concurrency").intOr(0),
		QueueLimit:  v.at("queue").intOr(-1),
		FirstDeploy: v.at("first_deploy").bool(),
	}
	a.MaxInstances = v.at("max_instances").intOr(0)
	if m := v.at("max_instances"); m != nil && m.word() == "" && m.int() == 0 {
		b.fail(m, "set max_instances", "with max_instances 0 nothing runs")
	}
	if v.has("arch") && v.at("arch").text() != "amd64" && v.at("arch").text() != "linux/amd64" {
		b.fail(v.at("arch"), "build the image for linux/amd64", "%q does not run: the platform runs linux/amd64 only", clip(v.at("arch").text()))
	}
	b.life(v, &a)
	a.Image = b.image(v, a.Type)
	a.Start = b.start(v, a.Image)
	a.Work = b.work(v.at("work"), a.Type)
	a.Backend = b.backend(v.at("backend"))
	a.Client = edge.ClientRules{Timeout: v.at("client", "timeout").span(), Retries: int(v.at("client", "retries").int()), Backoff: v.at("client", "backoff").dist()}
	a.Route = b.route(v, a.MaxInstances)
	a.Place = b.placement(v)
	a.Meter = b.meter(v)
	traffic := v.at("traffic")
	for _, t := range itemsOf(traffic) {
		if t.form == mapping {
			a.Traffic = append(a.Traffic, b.traffic(t, v))
		}
	}
	if len(itemsOf(traffic)) == 0 {
		b.fail(traffic, "", "there is no traffic")
	}
	return a
}

func (b *builder) instanceType(v *value) platform.InstanceType {
	custom := v.has("vcpu") || v.has("memory") || v.has("disk")
	name := v.at("name").text()
	if !custom {
		t, err := b.view.Type(name)
		if err != nil {
			b.fail(v.at("name"), "", "%v", err)
		}
		return t
	}
	if v.has("name") && name != "custom" {
		b.fail(v.at("name"), "leave out the name, or vcpu, memory and disk", "a custom type has no name")
	}
	for _, key := range []string{"vcpu", "memory", "disk"} {
		if !v.has(key) {
			b.fail(v, "such as {vcpu: 1, memory: 3GiB, disk: 10GB}", "a custom type needs %s", key)
			return platform.InstanceType{}
		}
	}
	t, err := b.view.Custom(platform.VCPU1024(v.at("vcpu").num()), v.at("memory").bytes()>>20, v.at("disk").bytes()/1e6)
	b.joined(v, err)
	return t
}

// life resolves the keys of an instance's life.
func (b *builder) life(v *value, a *edge.App) {
	a.SleepAfter = v.at("sleep_after").span()
	reading := v.at("sleep_after").word()
	if reading == "none" {
		if s, ok := b.setting("sleep_after_none"); ok {
			reading = s.text
		}
		b.warn(v.at("sleep_after"), "write soon, class-default or until-host-restart", "sources disagree on what happens without it; read as %s", reading)
	}
	switch reading {
	case "soon":
		a.SleepAfter = soon
	case "class-default":
		a.SleepAfter = 10 * sim.Minute
	case "until-host-restart":
		a.SleepAfter = sim.Never
	}
	a.KeepAlive = b.keepAlive(v.at("keep_alive"), v.at("route"))
	a.SleepLag = v.at("sleep_lag").span()
	a.SleepMode = map[string]edge.SleepMode{"snapshot": edge.SleepSnapshot, "suspend": edge.SleepSuspend}[v.at("sleep_mode").word()]
	a.End = map[string]edge.End{"stop": edge.EndStop, "destroy": edge.EndDestroy}[v.at("end").word()]
	a.KillAfter = v.at("kill_after").span()
	a.Shutdown = v.at("shutdown").dist()
	if v.at("shutdown").word() == "ignores-sigterm" {
		a.IgnoreTerm = true
		a.Shutdown = dist.Constant{}
	}
	if w := v.at("warm_pool"); w != nil {
		a.Warm = edge.WarmPool{N: int(w.at("n").int()), Batch: int(w.at("batch").int()), Every: w.at("every").span(), At: b.pop(w.at("at"))}
	}
	if m := v.at("min_instances"); m != nil {
		a.Min = b.minimum(m)
	}
	if k := v.at("keep_warm"); k != nil {
		for _, item := range k.items {
			a.Touches = append(a.Touches, edge.Touch{Every: item.at("every").span(), From: b.pop(item.at("from")), IDs: item.at("ids").intOr(0), CPU: item.at("cpu").dist()})
		}
	}
	if k := v.at("rollouts"); k != nil {
		for _, item := range k.items {
			a.Rollouts = append(a.Rollouts, b.rollout(item, v))
		}
	}
}

func (b *builder) keepAlive(v, route *value) edge.KeepAlive {
	k := edge.KeepAlive{Policy: v.at("policy").word(), Range: v.at("range").span(), Head: v.at("head").num(), Tail: v.at("tail").num(),
		Margin: v.at("margin").num(), MinCV: v.at("min_cv").num()}
	if tail := v.at("tail"); k.Head > k.Tail && tail != nil && !tail.bad {
		b.fail(v.at("head"), "", "the head (%g %%) is above the tail (%g %%)", 100*k.Head, 100*k.Tail)
	}
	if k.Policy != "fixed" && route.at("by").word() == "pool" {
		b.fail(v.at("policy"), "leave it out: sleep_after holds for a pool", "a keep-alive policy is kept by each object for its own instance, and a pool has one object for all")
	}
	return k
}

func (b *builder) minimum(m *value) edge.MinInstances {
	if m.form != mapping {
		return edge.MinInstances{N: int(m.int())}
	}
	by := map[string]int{}
	for _, k := range m.kids {
		if b.area(k, k.key) {
			by[k.key] = int(k.int())
		}
	}
	return edge.MinInstances{ByRegion: by}
}

func (b *builder) rollout(v, app *value) edge.Rollout {
	r := edge.Rollout{At: v.at("at").span(), Interval: v.at("interval").span(), Grace: v.at("grace").span()}
	if r.At > b.cfg.Duration {
		b.warn(v.at("at"), "", "is after the end of the run (%v)", b.cfg.Duration)
	}
	changed := app.at("image", "changed")
	if v.has("changed") {
		changed = v.at("changed")
	}
	r.ChangedMB = megabytes(changed.bytes())
	last := int64(0)
	for _, s := range itemsOf(v.at("steps")) {
		if s.int() <= last {
			b.fail(s, "", "steps are cumulative, so %d cannot follow %d", s.int(), last)
		}
		last = s.int()
		r.Steps = append(r.Steps, int(last))
	}
	if last != 100 && len(itemsOf(v.at("steps"))) > 0 {
		b.fail(v.at("steps"), "", "the last step must be 100")
	}
	if len(r.Steps) > 10 {
		b.fail(v.at("steps"), "", "there are at most 10 steps")
	}
	return r
}

// megabytes rounds bytes up to decimal megabytes.
func megabytes(n int64) int64 { return (n + 999_999) / 1_000_000 }

func (b *builder) image(v *value, t platform.InstanceType) edge.Image {
	i := v.at("image")
	im := edge.Image{
		CompressedMB: megabytes(i.at("compressed").bytes()), UnpackedMB: megabytes(i.at("unpacked").bytes()), ChangedMB: megabytes(i.at("changed").bytes()),
		External: i.at("registry").word() == "external", Versions: int(i.at("versions").int()),
		ScratchMB: megabytes(i.at("scratch").bytes()), GrowthKB: (i.at("growth").bytes() + 999) / 1000,
		Prefetch: v.at("prefetch", "policy").word(), PreparedPlaces: v.at("prepared_places").intOr(0),
		Refill: v.at("refill").dist(), RefillElsewhere: v.at("refill_elsewhere").bool(),
	}
	if p := get[images](i.at("catalogue")); p.n > 0 {
		im.Catalogue, im.Alpha = p.n, p.alpha
	}
	b.fitsDisk(i, im, t)
	regions := v.at("prefetch", "regions")
	if im.Prefetch == "regions" {
		if regions == nil {
			b.fail(v.at("prefetch"), "such as {policy: regions, regions: [WEUR]}", "the policy regions needs regions")
		} else {
			for _, item := range regions.items {
				b.area(item, item.text())
				im.PrefetchRegions = append(im.PrefetchRegions, item.text())
			}
		}
	} else if regions != nil {
		b.fail(regions, "write policy: regions", "has no meaning with the policy %s", im.Prefetch)
	}
	if im.ChangedMB > im.CompressedMB {
		b.fail(i.at("changed"), "", "more changes (%d MB) than the compressed image has (%d MB)", im.ChangedMB, im.CompressedMB)
	}
	return im
}

// fitsDisk checks the image against the type's disk and the limits of the day.
func (b *builder) fitsDisk(i *value, im edge.Image, t platform.InstanceType) {
	limits := b.view.Limits()
	if need := im.UnpackedMB + im.ScratchMB; t.DiskMB > 0 && need > t.DiskMB {
		b.fail(i.at("unpacked"), "take a type with more disk, or a smaller image",
			"the image does not fit: %d MB unpacked + %d MB scratch = %d MB, but %s has %d MB of disk", im.UnpackedMB, im.ScratchMB, need, t.Name, t.DiskMB)
	}
	if limits.ImageMB > 0 && im.UnpackedMB > limits.ImageMB {
		b.fail(i.at("unpacked"), "", "an image of %d MB is above the limit of %d MB on %s", im.UnpackedMB, limits.ImageMB, b.asOf)
	}
	if limits.ImageCompressedMB > 0 && im.CompressedMB > limits.ImageCompressedMB {
		b.fail(i.at("compressed"), "", "a compressed image of %d MB is above the limit of %d MB", im.CompressedMB, limits.ImageCompressedMB)
	}
	if im.UnpackedMB < im.CompressedMB {
		b.warn(i.at("unpacked"), "", "the unpacked image (%d MB) is smaller than the compressed one (%d MB)", im.UnpackedMB, im.CompressedMB)
	}
}

func (b *builder) start(v *value, im edge.Image) edge.Start {
	s, c := v.at("start"), v.at("clocks")
	st := edge.Start{
		Platform: s.at("platform").dist(), Init: s.at("init").dist(), Wake: s.at("wake").dist(),
		PollingIn: s.at("polling").word() == "included", Poll: s.at("polling").span(),
		ProbeCap: s.at("probe_cap").span(), ProbeHang: s.at("probe_hang").num(),
		RetryEvery: c.at("retry").span(), Tries: int(c.at("tries").int()), Clock: c.at("second").span(),
		NoPlaceStatus: int(c.at("no_place_status").int()), MaxStatus: int(c.at("max_status").int()),
	}
	if p, ok := s.at("platform").preset(); ok {
		law, bucket := p.ForImage(v.at("image", "kind").word(), im.CompressedMB)
		st.PresetName = p.Name
		if bucket != "" {
			st.PresetName += " (" + bucket + ")"
		}
		d, err := dist.Parse(law, dist.Duration)
		b.joined(s.at("platform"), err)
		st.Platform = d
	}
	off := c.at("first").word() == "off"
	switch {
	case off && c.written("retry") && c.at("retry").span() == 0:
		b.fail(c.at("first"), "write one of the two", "first: off waits for ever, but retry: 0s refuses at once")
	case off:
		st.Tries = -1
	case st.RetryEvery == 0:
		st.Tries = 0
	}
	if off && st.RetryEvery == 0 {
		st.RetryEvery = 300 * sim.Millisecond
	}
	return st
}

func (b *builder) work(v *value, t platform.InstanceType) edge.Work {
	w := edge.Work{CPU: v.at("cpu").dist(), IO: v.at("io").dist(), Memory: v.at("memory").dist(), Response: v.at("response").dist(),
		BaseMemoryMiB: (v.at("base_memory").bytes() + 1<<20 - 1) >> 20}
	if t.MemoryMiB > 0 && w.BaseMemoryMiB > t.MemoryMiB {
		b.fail(v.at("base_memory"), "take a type with more memory", "base memory of %d MiB is above the %d MiB of %s: every instance would be killed at once", w.BaseMemoryMiB, t.MemoryMiB, t.Name)
	} else if w.Memory != nil && t.MemoryMiB > 0 {
		if one := float64(w.BaseMemoryMiB) + w.Memory.Mean()/(1<<20); one > float64(t.MemoryMiB) {
			b.fail(v.at("memory"), "take a type with more memory", "a mean request brings an instance to %.0f MiB, above the %d MiB of %s", one, t.MemoryMiB, t.Name)
		}
	}
	return w
}

func (b *builder) backend(v *value) edge.Backend {
	if v == nil {
		return edge.Backend{}
	}
	be := edge.Backend{Calls: v.at("calls").dist(), Bytes: v.at("bytes").dist(), MBps: v.at("throughput").num() / 1e6,
		ConnectPerCall: v.at("connect").word() == "per-call"}
	be.At = v.at("at").text()
	if w := v.at("at").word(); w == "" && be.At != "" {
		if _, ok := geo.ParseRegion(be.At); !ok {
			b.place(v.at("at"))
		}
	}
	return be
}

func (b *builder) meter(v *value) edge.Meter {
	m := v.at("meter")
	return edge.Meter{
		CPUProvisioned: b.cfg.Book.CPUMeter == "provisioned", BilledFromVM: m.at("billed_from").word() == "vm-up",
		FailedStarts: m.at("failed_starts").bool(), StartCPUFull: m.at("start_cpu").word() == "full", StartCPU: m.at("start_cpu").num(),
		IdleCPU: m.at("idle_cpu").num(), OverheadCPU: m.at("overhead", "cpu").num(), OverheadMemoryMiB: (m.at("overhead", "memory").bytes() + 1<<20 - 1) >> 20,
		DrainBilled: m.at("drain_billed").bool(), DrainHoldsSlot: m.at("drain_holds_slot").bool(),
		ClassAPI: v.at("api").word() == "class", NoDO: !m.at("durable_object").bool(),
		WorkerCPU: v.at("worker", "cpu").span(), LogEvents: v.at("logs", "events").num(), LogBytes: float64(v.at("logs", "bytes").bytes()),
		EgressByClient: v.at("egress", "by").word() == "client", EgressShare: v.at("egress", "counts").num(),
		AlarmEvery: m.at("alarm_every").span(),
	}
}
