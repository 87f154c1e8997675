package edge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"berth/models/workload"
	"berth/sim"
)

// reduction takes one feature out of a scenario; false when it has none.
type reduction struct {
	name string
	drop func(c *Config) bool
}

// zero is a reduction that clears a value.
func zero[T comparable](name string, field func(*Config) *T) reduction {
	return reduction{name, func(c *Config) bool {
		var none T
		p := field(c)
		was := *p != none
		*p = none
		return was
	}}
}

// clearing is a reduction of a value that cannot be compared.
func clearing[T any](name string, field func(*Config) *T) reduction {
	return reduction{name, func(c *Config) bool {
		var none T
		p := field(c)
		was := fmt.Sprintf("%+v", *p) != fmt.Sprintf("%+v", none)
		*p = none
		return was
	}}
}

func reductions(c *Config) []reduction {
	list := []reduction{
		zero("warm-up", func(c *Config) *sim.Time { return &c.Warmup }),
		zero("drain", func(c *Config) *bool { return &c.Drain }),
		zero("account limits", func(c *Config) *Account { return &c.Account }),
		clearing("outages", func(c *Config) *Outages { return &c.Outages }),
		clearing("hosts", func(c *Config) *Hosts { return &c.Hosts }),
		{"network", func(c *Config) bool { had := !c.Network.None; c.Network = Network{None: true}; return had }},
		{"half the duration", func(c *Config) bool { c.Duration /= 2; return c.Duration > max(sim.Second, c.Warmup) }},
	}
	for i := range c.Apps {
		if len(c.Apps) > 1 {
			list = append(list, reduction{fmt.Sprint("app ", i), func(c *Config) bool { c.Apps = slices.Delete(c.Apps, i, i+1); return true }})
		}
		app := func(c *Config) *App { return &c.Apps[min(i, len(c.Apps)-1)] }
		for k := range c.Apps[i].Traffic {
			if len(c.Apps[i].Traffic) > 1 {
				list = append(list, reduction{fmt.Sprint("traffic ", k), func(c *Config) bool {
					t := &app(c).Traffic
					if k >= len(*t) || len(*t) < 2 {
						return false
					}
					*t = slices.Delete(*t, k, k+1)
					return true
				}})
			}
		}
		list = append(list,
			clearing("client rules", func(c *Config) *ClientRules { return &app(c).Client }),
			reduction{"retries", func(c *Config) bool { had := app(c).Client.Retries > 0; app(c).Client.Retries = 0; return had }},
			clearing("touches", func(c *Config) *[]Touch { return &app(c).Touches }),
			clearing("rollouts", func(c *Config) *[]Rollout { return &app(c).Rollouts }),
			clearing("backend", func(c *Config) *Backend { return &app(c).Backend }),
			clearing("image", func(c *Config) *Image { return &app(c).Image }),
			clearing("metering", func(c *Config) *Meter { return &app(c).Meter }),
			clearing("minimum by region", func(c *Config) *map[string]int { return &app(c).Min.ByRegion }),
			zero("warm pool", func(c *Config) *WarmPool { return &app(c).Warm }),
			zero("minimum", func(c *Config) *int { return &app(c).Min.N }),
			zero("first deploy", func(c *Config) *bool { return &app(c).FirstDeploy }),
			zero("keep-alive policy", func(c *Config) *KeepAlive { return &app(c).KeepAlive }),
			zero("sleep mode", func(c *Config) *SleepMode { return &app(c).SleepMode }),
			zero("sleep lag", func(c *Config) *sim.Time { return &app(c).SleepLag }),
			zero("end", func(c *Config) *End { return &app(c).End }),
			zero("max_instances", func(c *Config) *int { return &app(c).MaxInstances }),
			zero("concurrency", func(c *Config) *int { return &app(c).Concurrency }),
			zero("ignored SIGTERM", func(c *Config) *bool { return &app(c).IgnoreTerm }),
			zero("smart worker", func(c *Config) *bool { return &app(c).Place.SmartWorker }),
			reduction{"shutdown", func(c *Config) bool { had := app(c).Shutdown != nil; app(c).Shutdown = nil; return had }},
			reduction{"start", func(c *Config) bool {
				s := &app(c).Start
				had := s.Platform != nil || s.Init != nil || s.Poll > 0 || s.ProbeHang > 0
				s.Platform, s.Init, s.Poll, s.ProbeHang = nil, nil, 0, 0
				return had
			}},
			reduction{"second clock", func(c *Config) bool { had := app(c).Start.Clock > 0; app(c).Start.Clock = 0; return had }},
			reduction{"memory", func(c *Config) bool { had := app(c).Work.Memory != nil; app(c).Work.Memory = nil; return had }},
			reduction{"I/O", func(c *Config) bool { had := app(c).Work.IO != nil; app(c).Work.IO = nil; return had }},
			reduction{"response", func(c *Config) bool { had := app(c).Work.Response != nil; app(c).Work.Response = nil; return had }},
		)
	}
	return list
}

// copyOf copies what reductions change.
func copyOf(c *Config) *Config {
	d := *c
	d.Apps = slices.Clone(c.Apps)
	for i := range d.Apps {
		d.Apps[i].Traffic = slices.Clone(d.Apps[i].Traffic)
	}
	return &d
}

// shrink drops features one at a time and keeps what still fails.
func shrink(t testing.TB, cfg *Config) (small *Config, dropped []string) {
	small = cfg
	for changed := true; changed; {
		changed = false
		for _, r := range reductions(small) {
			next := copyOf(small)
			if !r.drop(next) {
				continue
			}
			if _, diff := compareEngines(t, next); diff != "" {
				small, changed = next, true
				dropped = append(dropped, r.name)
				break
			}
		}
	}
	return small, dropped
}

// describe prints what is left of a scenario.
func describe(c *Config) string {
	var b strings.Builder
	fmt.Fprintf(&b, "duration %v warm-up %v drain %v network %+v account %+v outages %+v hosts %+v\n", c.Duration, c.Warmup, c.Drain, c.Network, c.Account, c.Outages, c.Hosts)
	for _, a := range c.Apps {
		fmt.Fprintf(&b, "vcpu %d service %d slots %d queue %d max %d sleep %v+%v mode %d end %d shutdown %v ignore %v\n  start %+v\n  work %+v\n  image %+v\n  backend %+v\n  client %+v\n  route %+v\n  place %+v\n  warm %+v min %+v touches %+v rollouts %+v deploy %v\n",
			a.Type.VCPU1024, a.Service, a.Concurrency, a.QueueLimit, a.MaxInstances, a.SleepAfter, a.SleepLag, a.SleepMode, a.End, a.Shutdown, a.IgnoreTerm,
			a.Start, a.Work, a.Image, a.Backend, a.Client, a.Route, a.Place, a.Warm, a.Min, a.Touches, a.Rollouts, a.FirstDeploy)
		for _, t := range a.Traffic {
			fmt.Fprintf(&b, "  traffic kind %d rate %v count %d %+v\n", t.Kind, t.PerSecond, t.Count, brief(t))
		}
	}
	return b.String()
}

func brief(t workload.Config) string {
	return fmt.Sprintf("requests %v think %v gap %v off %v up %v batch %d/%d retries %d wait %v", t.RequestsPerSession, t.Think, t.Gap, t.Off, t.Up, t.Batch, t.MaxConcurrency, t.MaxRetries, t.BatchWait)
}
