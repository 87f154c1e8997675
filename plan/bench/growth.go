package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"berth/models/edge"
	"berth/sim"
)

// Curve shows how the cost of a request grows with one size while all others
// stay.
type Curve struct {
	Name   string        `json:"name"`
	Text   string        `json:"text"`
	Points []GrowthPoint `json:"points"`
}

// GrowthPoint is a world of one size.
type GrowthPoint struct {
	Size            int64   `json:"size"`
	Requests        int64   `json:"requests"`
	NsPerRequest    float64 `json:"ns_per_request"` // CPU
	FloorNs         float64 `json:"floor_ns_per_request"`
	PeakMemoryBytes int64   `json:"peak_memory_bytes"`
}

// growth is the recipe of a curve.
type growth struct {
	name, text string
	sizes      []int64
	config     func(size, requests int64) *edge.Config
}

// growthRequests is how many requests a point makes unless told otherwise; the
// curve over the horizon multiplies it by its sizes.
const growthRequests = 1_000_000

var growths = []growth{
	{"pops", "PoPs that host containers, 20,000 keyed instances (workload world)", []int64{1, 10, 32, 120, 309}, func(size, requests int64) *edge.Config {
		cfg := worldConfig(requests, worldRate, 20_000)
		if cfg.Hosts.Count = int(size); size >= 309 {
			cfg.Hosts.Mode = "all"
		}
		return cfg
	}},
	{"instances", "instances that run, at the same 3,860 requests/s (world, never asleep)", []int64{100, 1_000, 10_000, 100_000, 300_000}, func(size, requests int64) *edge.Config {
		cfg := worldConfig(requests, worldRate, int(size))
		cfg.Apps[0].SleepAfter = sim.Never
		cfg.Apps[0].Route.Alpha = 0
		cfg.Apps[0].Work.CPU = law("lognormal(mean=5ms, cv=1)") // so that 100 suffice
		return cfg
	}},
	{"ids", "ids that sleep, at the same 500 requests/s (churn, asleep after 1 s)", []int64{10_000, 100_000, 1_000_000, 4_000_000}, func(size, requests int64) *edge.Config {
		cfg := churnConfig(requests, 500, int(size))
		cfg.Apps[0].SleepAfter = sim.Second
		return cfg
	}},
	{"in-flight", "requests in flight on each of 1,000 instances (world, 3.86 requests/s each, longer I/O)", []int64{1, 4, 16, 64, 256}, func(size, requests int64) *edge.Config {
		cfg := worldConfig(requests, worldRate, 1_000)
		cfg.Apps[0].Route.Alpha = 0
		cfg.Apps[0].Work.IO = law(fmt.Sprintf("exponential(mean=%gs)", float64(size)/(worldRate/1000.0)))
		return cfg
	}},
	{"horizon", "length of one run, as a multiple of the shortest (world)", []int64{1, 4, 16}, func(size, requests int64) *edge.Config {
		return worldConfig(size*requests, worldRate, 20_000)
	}},
}

// Growth measures every curve.
func Growth(ctx context.Context, opt Options) ([]Curve, error) {
	if opt.Requests <= 0 {
		opt.Requests = growthRequests
	}
	var curves []Curve
	for _, g := range growths {
		c := Curve{Name: g.name, Text: g.text}
		for _, size := range g.sizes {
			cfg := g.config(size, opt.Requests)
			w := Workload{Name: fmt.Sprintf("%s %d", g.name, size), prepare: func(requests int64) (job, error) { return newScene(cfg, requests, openFloor) }}
			r, err := Measure(ctx, w, opt)
			if err != nil {
				return nil, err
			}
			c.Points = append(c.Points, GrowthPoint{size, r.Requests, 1e9 / r.BestPerSecondPerCore, r.FloorNs, r.PeakMemoryBytes})
		}
		curves = append(curves, c)
	}
	return curves, nil
}

// GrowthJSON writes the curves as one object.
func GrowthJSON(w io.Writer, m Machine, curves []Curve) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		SchemaVersion int     `json:"schema_version"`
		Machine       Machine `json:"machine"`
		Curves        []Curve `json:"curves"`
	}{SchemaVersion, m, curves})
}

// GrowthText writes the curves as a table.
func GrowthText(w io.Writer, m Machine, curves []Curve) error {
	out := &failing{w: w}
	fmt.Fprintf(out, "%s\n\n", m)
	for _, c := range curves {
		fmt.Fprintf(out, "%s: %s\n\n", c.Name, c.Text)
		t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(t, "%s\trequests\tns\tfloor ns\tpeak MiB\t\n", c.Name)
		for _, p := range c.Points {
			fmt.Fprintf(t, "%d\t%d\t%.1f\t%.1f\t%.1f\t\n", p.Size, p.Requests, p.NsPerRequest, p.FloorNs, float64(p.PeakMemoryBytes)/(1<<20))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	return out.err
}
