package scenarios

import (
	"math"
	"math/big"
	"strings"
	"sync"
	"time"

	"berth/data"
	"berth/models/billing"
	"berth/models/edge"
	"berth/models/geo"
	"berth/scenarios/internal/node"
	"berth/sim"
)

func (b *builder) build() *edge.Config {
	b.cfg = &edge.Config{Policies: b.policies}
	v := b.root
	b.cfg.Name = v.at("name").text()
	b.cfg.Seed = uint64(v.at("seed").int())
	b.cfg.World = v.at("world").word()
	b.cfg.Drain = v.at("end").word() == "drain"
	b.cfg.BudgetUSD = v.at("budget").num()
	b.checkTime()
	b.calendar()
	b.observed()
	b.network()
	b.account()
	b.buildHosts()
	b.outages()
	if b.world != nil {
		for _, k := range b.apps() {
			b.cfg.Apps = append(b.cfg.Apps, b.app(k))
		}
	}
	if apps := v.at("apps"); apps != nil && apps.form == mapping && len(apps.kids) == 0 {
		b.fail(apps, "", "there is no app")
	}
	b.imageStorage()
	b.slos()
	b.planBlock()
	b.warnings()
	b.cfg.Origins = b.origins()
	b.cfg.Assumptions = b.assumptions()
	b.cfg.Text = node.Print(v.tree())
	return b.cfg
}

// apps are the apps that could be read, in the order of cfg.Apps.
func (b *builder) apps() []*value {
	apps := b.root.at("apps")
	if apps == nil {
		return nil
	}
	var out []*value
	for _, k := range apps.kids {
		if k.form == mapping {
			out = append(out, k)
		}
	}
	return out
}

// checkTime checks which of month, duration, as_of and start are there.
func (b *builder) checkTime() {
	v := b.root
	if !v.has("month") && !v.has("duration") {
		b.fail(v, "such as month: 2026-11, or duration: 36h with as_of: 2026-11-01", "month or duration is missing")
	}
	if v.has("duration") && !v.has("month") && !v.has("as_of") && !v.has("start") {
		b.fail(v.at("duration"), "add as_of: 2026-11-01", "duration needs as_of, the date of prices, types and limits")
	}
	if v.at("month_hours").word() == "calendar" && !v.has("month") {
		b.fail(v.at("month_hours"), "write month, or month_hours: 730h", "calendar needs month")
	}
}

// calendar sets start, horizon, warm-up and the billed month.
func (b *builder) calendar() {
	v, c := b.root, b.cfg
	c.AsOf = b.asOf.Time()
	c.Start = c.AsOf
	if m := v.at("month"); m != nil {
		c.Month = m.when()
		c.Start = c.Month
		c.MonthHours = float64(24 * data.DateOf(c.Month).MonthDays())
		c.Duration = sim.Time(c.MonthHours) * sim.Hour
	}
	if s := v.at("start"); s != nil {
		c.Start = s.when()
	}
	if m := v.at("month_hours"); m.word() == "" {
		c.MonthHours = m.span().Seconds() / 3600
	}
	if d := v.at("duration"); d != nil {
		if m := v.at("month"); m != nil && d.span() > c.Duration {
			b.fail(d, "at most "+c.Duration.String(), "duration is longer than the month")
		}
		c.Duration = d.span()
	}
	if m := v.at("month"); m != nil && v.has("start") && (c.Start.Before(c.Month) || !c.Start.Before(c.Month.AddDate(0, 1, 0))) {
		b.fail(v.at("start"), "", "start lies outside month")
	}
	if y := c.Start.Year(); y < 1970 || y > 2200 {
		b.fail(b.firstOf("start", "as_of", "month"), "", "the year %d is outside 1970 to 2200", y)
	}
	if c.Duration > 3660*sim.Day {
		b.fail(v.at("duration"), "", "more than ten years cannot be simulated")
	}
	c.Warmup = v.at("warmup").span()
	if c.Warmup >= c.Duration && c.Duration > 0 {
		b.fail(v.at("warmup"), "", "warm-up (%v) leaves nothing of the horizon (%v)", c.Warmup, c.Duration)
	}
}

// observed reads the instants at which to look.
func (b *builder) observed() {
	last := sim.Time(-1)
	for _, item := range itemsOf(b.root.at("observe")) {
		at := item.span()
		switch {
		case at <= last:
			b.fail(item, "", "the instants must go forward")
		case at > b.cfg.Duration:
			b.fail(item, "", "is after the end of the run (%v)", b.cfg.Duration)
		}
		last = at
		b.cfg.Observe = append(b.cfg.Observe, at)
	}
}

// firstOf is the first of these top-level keys that is there.
func (b *builder) firstOf(keys ...string) *value {
	for _, k := range keys {
		if v := b.root.at(k); v != nil {
			return v
		}
	}
	return b.root
}

// chinaWorld is the map with the partner PoPs. Distances and names are all that
// resolving needs, so a scenario without a network uses the same maps.
var chinaWorld = sync.OnceValues(func() (*geo.World, error) { return geo.NewWorld(geo.Options{China: true}) })

func (b *builder) network() {
	v := b.root.at("network")
	b.cfg.Network = edge.Network{
		None:          v.at("hops").word() == "none",
		Jitter:        v.at("jitter").num(),
		SamePoPms:     v.at("same_pop").span().Seconds() * 1e3,
		ReroutedShare: v.at("rerouted").num(),
		China:         v.at("china").bool(),
	}
	world, err := geo.Default()
	if b.cfg.Network.China {
		world, err = chinaWorld()
	}
	if err != nil {
		b.fail(v, "", "the map of places cannot be built: %v", err)
		return
	}
	b.world = world
}

func (b *builder) account() {
	v, l := b.root.at("account"), b.view.Limits()
	a := edge.Account{VCPU1024: l.VCPU * 1024, MemoryMiB: l.MemoryMiB, DiskMB: l.DiskMB, ImageStorageMB: l.ImageStorageMB,
		StartsPerSec: float64(l.StartsPerS), DORequestsPerS: int(l.DORequestsPerS)}
	limits := v.at("limits")
	override(limits.at("vcpu"), &a.VCPU1024, func(x *value) int64 { return int64(math.Round(x.num() * 1024)) })
	override(limits.at("memory"), &a.MemoryMiB, func(x *value) int64 { return x.bytes() >> 20 })
	override(limits.at("disk"), &a.DiskMB, func(x *value) int64 { return x.bytes() / 1e6 })
	override(limits.at("image_storage"), &a.ImageStorageMB, func(x *value) int64 { return x.bytes() / 1e6 })
	override(limits.at("starts"), &a.StartsPerSec, func(x *value) float64 { return x.rate().PerSecond(b.monthSeconds()) })
	override(limits.at("do_requests"), &a.DORequestsPerS, func(x *value) int {
		return int(math.Ceil(x.rate().PerSecond(b.monthSeconds())))
	})
	b.cfg.Account = a
	b.cfg.EgressMap, b.cfg.Types = b.view.EgressMap(), b.view.Types()
	b.cfg.Book = b.book(v)
	b.cfg.UserData = b.cfg.Book.UserSupplied || b.view.Catalogue().Overlaid() || limits != nil
}

// book is the price book of the day under the account's contract.
func (b *builder) book(v *value) billing.Book {
	meter := v.at("cpu_meter").word()
	list, err := billing.NewBook(b.view, billing.Account{}, meter)
	b.joined(v, err)
	contract := billing.Account{Prices: map[string]string{}, Discount: percentText(v.at("discount"))}
	if p := v.at("prices"); p != nil {
		for _, k := range p.kids {
			if _, err := list.Find(k.key); err != nil {
				b.fail(k, "berth list prices shows them all", "%v", err)
				return list
			}
			contract.Prices[k.key] = strings.TrimSpace(k.n.Text)
		}
	}
	book, err := billing.NewBook(b.view, contract, meter)
	b.joined(v.at("discount"), err)
	return book
}

// override replaces a limit; the word none is 0, no limit.
func override[T any](v *value, to *T, read func(*value) T) {
	if v == nil {
		return
	}
	if v.word() == "none" {
		var zero T
		*to = zero
		return
	}
	*to = read(v)
}

// percentText writes a share as exact decimal percent.
func percentText(v *value) string {
	if v == nil || v.n == nil {
		return ""
	}
	t := strings.TrimSpace(v.n.Text)
	if p, ok := strings.CutSuffix(t, "%"); ok {
		return strings.TrimSpace(p)
	}
	x, ok := new(big.Rat).SetString(t)
	if !ok {
		return ""
	}
	return strings.TrimRight(strings.TrimRight(x.Mul(x, big.NewRat(100, 1)).FloatString(12), "0"), ".")
}

func (b *builder) buildHosts() {
	v := b.root.at("hosts")
	h := edge.Hosts{
		Mode: "default", Count: int(v.at("count").int()), Share: v.at("share").num(),
		Places: v.at("places").intOr(0), MinPlaces: int(v.at("min_places").int()),
		CacheMB: v.at("cache").bytes() / 1e6, CacheWarm: v.at("cache_warm").bool(),
		PullMbps: v.at("pull").num() * 8 / 1e6, UnpackMBs: v.at("unpack").num() / 1e6,
	}
	spec := geo.HostSpec{Count: h.Count}
	which := v.at("which")
	switch {
	case which.form == list:
		h.Mode, h.List = "list", upper(which.texts())
		spec = geo.HostSpec{Pops: h.List}
	case v.has("share"):
		h.Mode = "share"
		spec = geo.HostSpec{Share: h.Share}
	case which.word() == "all":
		h.Mode = "all"
		spec = geo.HostSpec{All: true}
	}
	if v.has("share") && which.isWritten() && which.word() != "default" {
		b.fail(v.at("share"), "", "share and which contradict each other; write one of the two")
	}
	b.cfg.Hosts = h
	if b.world == nil {
		return
	}
	hosts, err := b.world.ContainerHosts(spec)
	b.joined(which, err)
	b.hosts = hosts
	if h.Places > 0 && h.Places < len(hosts) {
		b.fail(v.at("places"), "", "%d places are fewer than the %d hosts", h.Places, len(hosts))
	}
}

func upper(codes []string) []string {
	var out []string
	for _, c := range codes {
		out = append(out, strings.ToUpper(strings.TrimSpace(c)))
	}
	return out
}

func (b *builder) outages() {
	v := b.root.at("outages")
	b.cfg.Outages = edge.Outages{
		HostRestartsPerHour: v.at("host_restarts").rate().PerSecond(b.monthSeconds()) * 3600,
		PoPPerHour:          v.at("pops").rate().PerSecond(b.monthSeconds()) * 3600,
		PoPDuration:         v.at("pop_duration").dist(),
	}
}

func (b *builder) monthSeconds() float64 { return b.cfg.MonthHours * 3600 }

// lastDay is the last day the run touches.
func (b *builder) lastDay() data.Date {
	end := b.cfg.Start.Add(time.Duration(b.cfg.Duration) - time.Nanosecond)
	return data.DateOf(end)
}
