package result

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"berth/models/billing"
	"berth/sim"
	"berth/sim/stats"
)

// randomRun fills every field of a run with something that is not zero.
func randomRun(r *rand.Rand, number int) *Run {
	run := &Run{}
	fill(reflect.ValueOf(run).Elem(), r)
	run.Replication, run.Seed = number, uint64(number)
	run.From, run.To = 0, sim.Time(1000+r.IntN(100))
	for i := range run.Apps {
		a := &run.Apps[i]
		a.Name = fmt.Sprint("app", i)
		for k := range a.Regions {
			a.Regions[k].Region = fmt.Sprint("region", k)
		}
		for k := range a.PartsBy {
			a.PartsBy[k].Lo, a.PartsBy[k].Hi = sim.Time(k*10), sim.Time(k*10+10)
		}
		for k := range a.InstanceTime {
			a.InstanceTime[k].N = int64(k)
		}
		for k := range a.Observed {
			a.Observed[k].At = sim.Time(k)
		}
		for k := range a.Places {
			a.Places[k].Name, a.Places[k].Lon = fmt.Sprint("place", r.IntN(3)), float64(k)
		}
		SortPlaces(a.Places)
		a.Series.From, a.Series.Step = 0, 10
	}
	for k := range run.Warnings {
		run.Warnings[k] += fmt.Sprint(" ", k)
	}
	run.Usage, run.OneOff = usage(r), usage(r)
	for k := range run.UsageIn {
		run.UsageIn[k] = billing.RegionUsage{Region: fmt.Sprint("region", k+r.IntN(2)*2), Usage: usage(r)}
	}
	return run
}

func usage(r *rand.Rand) billing.Usage {
	var q billing.Quantities
	for m := range q {
		q[m] = billing.ExactFrac(int64(r.IntN(1000)), 7)
	}
	return billing.Usage{Apps: []billing.AppUsage{{App: "app0", Quantities: q}}}
}

// fill sets a value and everything inside to random positive values.
func fill(v reflect.Value, r *rand.Rand) {
	switch x := v.Addr().Interface().(type) {
	case *stats.Histogram:
		for range 20 {
			x.Record(int64(r.IntN(1 << 40)))
		}
		return
	case *stats.Sum128:
		*x = stats.Sum128{Hi: uint64(r.IntN(4)), Lo: r.Uint64()}
		return
	case *billing.Usage:
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), r)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), r)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), r)
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]int64{"FRA": int64(1 + r.IntN(9)), fmt.Sprint("P", r.IntN(3)): 1}))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1 + r.IntN(1000)))
	case reflect.Uint64:
		v.SetUint(uint64(1 + r.IntN(1000)))
	case reflect.String:
		v.SetString(fmt.Sprint("text", r.IntN(3)))
	}
}

// same compares runs as values: the windows of histograms may differ.
func same(a, b any) bool { return fmt.Sprintf("%v", summary(a)) == fmt.Sprintf("%v", summary(b)) }

// summary walks a value into comparable text.
func summary(x any) []string {
	var out []string
	walk(reflect.ValueOf(x), "", func(path string, v reflect.Value) {
		if v.CanAddr() {
			if h, ok := v.Addr().Interface().(*stats.Histogram); ok {
				text := fmt.Sprint(h.Count(), h.Min(), h.Max(), h.Refused)
				hi, lo := h.Sum()
				h.ForEachBucket(func(l, _ int64, n uint64) { text += fmt.Sprint(" ", l, n) })
				out = append(out, path+"="+text+fmt.Sprint(hi, lo))
				return
			}
		}
		out = append(out, fmt.Sprintf("%s=%v", path, v.Interface()))
	})
	return out
}

func walk(v reflect.Value, path string, leaf func(string, reflect.Value)) {
	if v.CanAddr() {
		switch x := v.Addr().Interface().(type) {
		case *stats.Histogram:
			leaf(path, v)
			return
		case *billing.Exact:
			leaf(path, reflect.ValueOf(x.String()))
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		walk(v.Elem(), path, leaf)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walk(v.Field(i), path+"."+v.Type().Field(i).Name, leaf)
			}
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i), leaf)
		}
	default:
		leaf(path, v)
	}
}

func runs(seed uint64, n int) []*Run {
	r := rand.New(rand.NewPCG(seed, 1))
	var list []*Run
	for i := range n {
		list = append(list, randomRun(r, i))
	}
	return list
}

func TestMergeDoesNotDependOnOrderOrGrouping(t *testing.T) {
	for seed := range uint64(20) {
		list := runs(seed, 4)
		want := Merge(list)
		shuffled := []*Run{list[2], list[0], list[3], list[1]}
		if !same(want, Merge(shuffled)) {
			t.Fatalf("seed %d: another order gives another result", seed)
		}
		grouped := Merge([]*Run{Merge(list[2:]), Merge(list[:2])})
		if !same(want, grouped) {
			t.Fatalf("seed %d: merging in groups gives another result", seed)
		}
	}
}

func TestMergeLeavesItsInputAlone(t *testing.T) {
	list := runs(3, 3)
	before := fmt.Sprint(summary(list[0]), summary(list[1]), summary(list[2]))
	merged := Merge(list)
	Merge([]*Run{merged, list[0]})
	merged.Apps[0].StartsByPoP["FRA"] = -1
	merged.Apps[0].Series.Requests[0] = -1
	merged.Apps[0].PartsBy[0].Count = -1
	if after := fmt.Sprint(summary(list[0]), summary(list[1]), summary(list[2])); before != after {
		t.Error("merging changed a run, or shares memory with it")
	}
}

// maxima are the fields that are not sums.
var maxima = map[string]bool{"MaxInstances": true, "MaxInFlight": true, "MaxDORate": true, "MaxDiskMB": true, "MaxMemoryBytes": true, "MaxBacklog": true,
	"MaxVCPU1024": true, "MaxMemoryMiB": true, "MaxStartsPerSec": true, "ImageStorageMB": true, "Instances": true,
	"Peak": true, "Backlog": true}

// kept are the fields that stay as they are.
var kept = map[string]bool{"Replication": true, "At": true, "Seed": true, "From": true, "To": true, "Step": true, "Lo": true, "Hi": true, "N": true, "Partial": true}

// TestMergeKnowsEveryField merges a run with its like: every number doubles or,
// where it is a maximum, stays.
func TestMergeKnowsEveryField(t *testing.T) {
	one := runs(5, 1)[0]
	two := Merge([]*Run{one, one})
	a, b := map[string]reflect.Value{}, map[string]reflect.Value{}
	collect := func(into map[string]reflect.Value) func(string, reflect.Value) {
		return func(path string, v reflect.Value) { into[path] = v }
	}
	walk(reflect.ValueOf(one), "", collect(a))
	walk(reflect.ValueOf(two), "", collect(b))
	if len(a) != len(b) {
		t.Errorf("%d fields became %d", len(a), len(b))
	}
	checked := 0
	for path, x := range a {
		y, ok := b[path]
		if !ok {
			t.Errorf("%s is lost", path)
			continue
		}
		if x.Kind() != reflect.Int64 && x.Kind() != reflect.Int {
			continue
		}
		name := path[lastDot(path)+1:]
		if i := indexOf(name, '['); i >= 0 {
			name = name[:i]
		}
		factor := int64(2)
		if maxima[name] || kept[name] {
			factor = 1
		}
		checked++
		if y.Int() != factor*x.Int() {
			t.Errorf("%s: %d merged with itself is %d, want %d times it", path, x.Int(), y.Int(), factor)
		}
	}
	if checked < 60 {
		t.Errorf("only %d fields were checked", checked)
	}
	if got := two.Apps[0].Latency.Count(); got != 2*one.Apps[0].Latency.Count() {
		t.Errorf("%d latencies", got)
	}
	for s := range one.Apps[0].StateTime {
		want := one.Apps[0].StateTime[s]
		want.AddSum(want)
		if two.Apps[0].StateTime[s] != want {
			t.Errorf("state time %d: %v, want %v", s, two.Apps[0].StateTime[s], want)
		}
	}
}

func lastDot(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return i
		}
	}
	return -1
}

func indexOf(s string, c byte) int {
	for i := range len(s) {
		if s[i] == c {
			return i
		}
	}
	return -1
}

func TestSeriesOfDifferentSteps(t *testing.T) {
	fine := Series{Step: 10, Requests: []int64{1, 2, 3, 4}, Peak: []int64{5, 1, 2, 9}}
	coarse := Series{Step: 20, Requests: []int64{10, 20, 30}, Peak: []int64{3, 3, 3}}
	for _, order := range [][]Series{{fine, coarse}, {coarse, fine}} {
		var s Series
		for i := range order {
			s.add(&order[i])
		}
		if s.Step != 20 || !reflect.DeepEqual(s.Requests, []int64{13, 27, 30}) || !reflect.DeepEqual(s.Peak, []int64{5, 9, 3}) {
			t.Errorf("%+v", s)
		}
	}
}

func TestAllAppsTakesTheAccountsPeak(t *testing.T) {
	r := &Run{Apps: []AppRun{{Name: "a", Requests: 3, MaxInstances: 4, InstanceTime: []TimeAt{{1, 5}}}, {Name: "b", Requests: 4, MaxInstances: 6}},
		Account: AccountRun{Instances: 7}}
	all := AllApps(r)
	if all.Requests != 7 || all.MaxInstances != 7 || all.InstanceTime != nil {
		t.Errorf("%+v", all)
	}
}

func TestPartsAt(t *testing.T) {
	a := &AppRun{}
	for i := range 10 {
		s := PartSums{Lo: sim.Time(i * 100), Hi: sim.Time(i*100 + 100), Count: 200}
		s.Sum[PartService] = 200 * int64(i*100)
		s.Sum[PartStart] = 200 * 50
		a.PartsBy = append(a.PartsBy, s)
	}
	got := PartsAt(a, 0.95)
	if got.Parts[PartService] != 900 || got.Parts[PartStart] != 50 || got.Total != 950 || got.Count != 200 {
		t.Errorf("%+v", got)
	}
	if got := PartsAt(a, 0.5); got.Parts[PartService] != 400 {
		t.Errorf("rank 1000 of 2000 is the last of the fifth bucket: %+v", got)
	}
	if got := PartsAt(&AppRun{}, 0.5); got.Count != 0 {
		t.Errorf("%+v", got)
	}
	few := &AppRun{PartsBy: []PartSums{{Count: 1, Sum: [NumParts]int64{10}}, {Count: 1, Sum: [NumParts]int64{20}}, {Count: 2, Sum: [NumParts]int64{60}}}}
	if got := PartsAt(few, 0.5); got.Count != 4 || got.Parts[0] != 22 {
		t.Errorf("all there is: %+v", got)
	}
}
