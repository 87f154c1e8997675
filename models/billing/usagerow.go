package billing

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"

	"berth/data"
	"berth/data/strict"
	"berth/models/platform"

	"gopkg.in/yaml.v3"
)

// DefaultApp is the app of rows that name none.
const DefaultApp = "app"

// columnAlias maps further spellings of a column to its own.
var columnAlias = map[string]string{
	"applicationId": "app", "application": "app", "count": "instances",
	"memory_gib_s": "memory", "cpu_vcpu_s": "cpu", "disk_gb_s": "disk", "do_duration_gb_s": "do_duration",
	"egress_na_eu_gb": "egress_na_eu", "egress_oceania_kr_tw_gb": "egress_oceania_kr_tw", "egress_other_gb": "egress_other",
}

// rowColumns are the columns besides the meters. Those of skippedColumns are part
// of the provider's export and change no bill.
var (
	rowColumns = []string{"app", "type", "vcpu", "memory_mib", "disk_mb", "instances", "hours", "seconds", "runs", "run_ms", "cpu", "do",
		"cpuTimeSec", "allocatedMemory", "allocatedDisk", "txBytes", "location", "region", "egress_region", "country"}
	skippedColumns = []string{"instanceId", "placementId", "labels", "rxBytes", "durableObjectId", "accountTag", "date", "datetime", "datetimeMinute",
		"datetimeFiveMinutes", "datetimeFifteenMinutes", "datetimeHour"}
	// groupColumns hold a mapping of further columns in the export's JSON form.
	groupColumns = []string{"dimensions", "sum", "max", "avg"}
)

// columnNames lists every column that may stand in a row, in order.
var columnNames = sync.OnceValue(func() []string {
	names := append([]string(nil), MeterNames[:]...)
	names = append(names, rowColumns...)
	names = append(names, skippedColumns...)
	for a := range columnAlias {
		names = append(names, a)
	}
	sort.Strings(names)
	return names
})

func isColumn(name string) bool {
	names := columnNames()
	i := sort.SearchStrings(names, name)
	return i < len(names) && names[i] == name
}

// row reads one row and books it.
func (p *usageParser) row(n *yaml.Node) {
	if p.problems > maxRowProblems {
		return
	}
	p.out.Rows++
	cells := map[string]*yaml.Node{}
	before := p.Count()
	p.cells(n, "usage row", cells, true)
	q := Quantities{}
	used := p.instanceCells(n, cells, &q)
	used = p.meterCells(cells, &q) || used
	used = p.exportCells(n, cells, &q) || used
	if !used && p.Count() == before {
		p.Problem(n, "give an instance type, meters, or columns of the usage export", "the row says nothing that is billed")
	}
	if p.Count() > before {
		p.problems += p.Count() - before
		if p.problems > maxRowProblems {
			p.Problem(n, "", "further problems are not listed")
		}
		return
	}
	app := DefaultApp
	if c := cells["app"]; c != nil {
		app = c.Value
	}
	p.add(app, q)
}

// cells collects a row's values under their own column names.
func (p *usageParser) cells(n *yaml.Node, what string, cells map[string]*yaml.Node, groups bool) {
	fields := strict.Fields{}
	for _, name := range columnNames() {
		own := name
		if a, ok := columnAlias[name]; ok {
			own = a
		}
		fields[name] = func(v *yaml.Node) { p.cell(own, v, cells) }
	}
	for _, name := range skippedColumns {
		fields[name] = func(*yaml.Node) {}
	}
	if groups {
		for _, g := range groupColumns {
			fields[g] = func(v *yaml.Node) { p.cells(v, g, cells, false) }
		}
	}
	p.Map(n, what, fields)
}

func (p *usageParser) cell(name string, v *yaml.Node, cells map[string]*yaml.Node) {
	if _, ok := p.Text(v, name); !ok {
		return
	}
	if first := cells[name]; first != nil {
		p.Problem(v, fmt.Sprintf("first on line %d", first.Line), "%s is given twice, under two names", name)
		return
	}
	cells[name] = v
}

// instanceCells reads "instances x hours x type x CPU %".
func (p *usageParser) instanceCells(n *yaml.Node, cells map[string]*yaml.Node, q *Quantities) bool {
	own := []string{"type", "vcpu", "memory_mib", "disk_mb", "instances", "hours", "seconds", "runs", "run_ms", "do"}
	if !anyOf(cells, own) {
		return false
	}
	t, ok := p.instanceType(n, cells)
	seconds, ok2 := p.instanceSeconds(n, cells)
	share, ok3 := p.cpuShare(cells)
	class, ok4 := p.class(cells)
	for _, m := range []string{"memory", "disk", "cpu_provisioned", "cpu_active"} {
		if c := cells[m]; c != nil {
			p.Problem(c, "put it into a row of its own", "meter %s in a row of instances would count twice", m)
			ok = false
		}
	}
	if !ok || !ok2 || !ok3 || !ok4 {
		return true
	}
	*q = q.plus(RunUsage(t, seconds, share))
	if class {
		*q = q.plus(ClassDOUsage(seconds))
	}
	return true
}

// instanceType reads a named type, or a custom one by its sizes.
func (p *usageParser) instanceType(n *yaml.Node, cells map[string]*yaml.Node) (platform.InstanceType, bool) {
	custom := anyOf(cells, []string{"vcpu", "memory_mib", "disk_mb"})
	if c := cells["type"]; c != nil {
		if custom {
			p.Problem(c, "give one of the two", "a row has a type and sizes")
			return platform.InstanceType{}, false
		}
		t, err := p.view.Type(c.Value)
		if err != nil {
			p.Problem(c, "", "%s", err)
		}
		return t, err == nil
	}
	if !custom {
		p.Problem(n, "such as type: basic, or vcpu, memory_mib and disk_mb", "the row has instances but no type")
		return platform.InstanceType{}, false
	}
	var size [3]int64
	ok := true
	for i, name := range []string{"vcpu", "memory_mib", "disk_mb"} {
		c := cells[name]
		var err error
		switch {
		case c == nil:
			err = errors.New("a custom type needs it")
			c = n
		case name == "vcpu":
			size[i], err = data.ParseVCPU1024(c.Value)
		default:
			size[i], err = strconv.ParseInt(c.Value, 10, 64)
			if err != nil {
				err = fmt.Errorf("%q is not a whole number", clip(c.Value))
			}
		}
		if err != nil {
			p.Problem(c, "", "%s: %s", name, err)
			ok = false
		}
	}
	if !ok {
		return platform.InstanceType{}, false
	}
	t, err := p.view.Custom(size[0], size[1], size[2])
	if err != nil {
		p.Problem(n, "", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return t, err == nil
}

// instanceSeconds is instances x length, or runs each rounded up to the billing
// step.
func (p *usageParser) instanceSeconds(n *yaml.Node, cells map[string]*yaml.Node) (Exact, bool) {
	instances, ok := p.quantity(cells, "instances", ExactInt(1))
	var length Exact
	okLength := true
	given := 0
	for _, name := range []string{"hours", "seconds", "runs"} {
		if cells[name] != nil {
			given++
		}
	}
	switch {
	case given > 1:
		p.Problem(n, "give one of hours, seconds, runs", "the row has more than one length")
		return Exact{}, false
	case cells["hours"] != nil:
		length, okLength = p.quantity(cells, "hours", Exact{})
		length = length.Mul(ExactInt(3600))
	case cells["seconds"] != nil:
		length, okLength = p.quantity(cells, "seconds", Exact{})
	case cells["runs"] != nil:
		length, okLength = p.runSeconds(n, cells)
	default:
		length = ExactInt(p.out.Month.Hours * 3600)
		p.warn("rows without hours, seconds or runs: awake the whole month of %d hours", p.out.Month.Hours)
	}
	if cells["run_ms"] != nil && cells["runs"] == nil {
		p.Problem(cells["run_ms"], "add runs", "run_ms without runs")
		ok = false
	}
	return instances.Mul(length), ok && okLength
}

func (p *usageParser) runSeconds(n *yaml.Node, cells map[string]*yaml.Node) (Exact, bool) {
	runs, ok := p.quantity(cells, "runs", Exact{})
	if cells["run_ms"] == nil {
		p.Problem(n, "the length of one run in ms", "runs without run_ms")
		return Exact{}, false
	}
	ms, ok2 := p.quantity(cells, "run_ms", Exact{})
	stepMs := max(p.view.Defaults().BillingStep.Milliseconds(), 1)
	return runs.Mul(ms.ceilTo(stepMs)).Quo(ExactInt(1000)), ok && ok2
}

// cpuShare reads cpu: 10% of an instance row; all of it when not given.
func (p *usageParser) cpuShare(cells map[string]*yaml.Node) (Exact, bool) {
	c := cells["cpu"]
	if c == nil {
		p.warn("rows of instances without cpu: all of the type's CPU time is taken as used")
		return ExactInt(1), true
	}
	text, percent := strings.CutSuffix(c.Value, "%")
	x, err := parseExact(strings.TrimSpace(text))
	if err != nil || !percent || x.Cmp(ExactInt(100)) > 0 {
		p.Problem(c, "such as cpu: 10%", "cpu of a row of instances must be a percentage from 0%% to 100%%, not %q", clip(c.Value))
		return Exact{}, false
	}
	return x.Quo(ExactInt(100)), true
}

func (p *usageParser) class(cells map[string]*yaml.Node) (bool, bool) {
	c := cells["do"]
	if c == nil {
		p.warn("rows of instances without do: the Durable Object that the Container class keeps awake is not in them (do: class adds it, do: none says so)")
		return false, true
	}
	s, ok := p.OneOf(c, "do", "class", "none")
	return s == "class", ok
}

// meterCells reads meters by name. cpu without an instance type is vCPU-s of
// whichever CPU meter is in force.
func (p *usageParser) meterCells(cells map[string]*yaml.Node, q *Quantities) bool {
	used := false
	for m, name := range MeterNames {
		if cells[name] != nil {
			x, _ := p.quantity(cells, name, Exact{})
			q[m] = q[m].Add(x)
			used = true
		}
	}
	inRowOfInstances := anyOf(cells, []string{"type", "vcpu", "memory_mib", "disk_mb", "instances", "hours", "seconds", "runs"})
	if cells["cpu"] != nil && !inRowOfInstances {
		x, _ := p.quantity(cells, "cpu", Exact{})
		q[CPUProvisioned], q[CPUActive] = q[CPUProvisioned].Add(x), q[CPUActive].Add(x)
		used = true
	}
	return used
}

var quantityForm = regexp.MustCompile(`^([0-9][0-9_]*(?:\.[0-9]+)?)(?:[eE]([+-]?[0-9]{1,2}))?$`)

// maxQuantity bounds a number in a usage file (1e30), far above any account and
// small enough that nothing takes long.
var maxQuantity = Exact{new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil))}

// quantity reads a number of 0 or more; exports may write exponents.
func (p *usageParser) quantity(cells map[string]*yaml.Node, name string, missing Exact) (Exact, bool) {
	c := cells[name]
	if c == nil {
		return missing, true
	}
	x, err := parseQuantity(c.Value)
	if err != nil {
		p.Problem(c, "", "%s: %s", name, err)
		return Exact{}, false
	}
	return x, true
}

func parseQuantity(s string) (Exact, error) {
	parts := quantityForm.FindStringSubmatch(s)
	if len(s) > 60 || parts == nil {
		return Exact{}, fmt.Errorf("%q is not a number of 0 or more", clip(s))
	}
	r, ok := new(big.Rat).SetString(strings.ReplaceAll(parts[1], "_", ""))
	if !ok {
		return Exact{}, fmt.Errorf("%q is not a number", clip(s))
	}
	if parts[2] != "" {
		exponent, err := strconv.Atoi(parts[2])
		if err != nil {
			return Exact{}, err
		}
		scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exponent, -exponent))), nil))
		if exponent < 0 {
			scale.Inv(scale)
		}
		r.Mul(r, scale)
	}
	if x := (Exact{r}); x.Cmp(maxQuantity) <= 0 {
		return x, nil
	}
	return Exact{}, fmt.Errorf("%q is above 1e30", clip(s))
}

func anyOf(cells map[string]*yaml.Node, names []string) bool {
	for _, n := range names {
		if cells[n] != nil {
			return true
		}
	}
	return false
}
