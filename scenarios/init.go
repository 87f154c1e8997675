package scenarios

import (
	"fmt"
	"strings"

	"berth/data"
	"berth/models/platform"
	"berth/scenarios/internal/node"
	"berth/sim"
)

// Draft is a scenario to start with.
type Draft struct {
	YAML    []byte
	Assumed []string // what the configuration did not say
}

// initMonth is the month a draft is priced in: that of the newest facts the
// program carries.
const initMonth = "2026-11"

// Init writes a commented scenario to start with from a deployment's
// wrangler.toml, wrangler.json or wrangler.jsonc; with an empty file name, one
// for an app called app. The draft always loads. The YAML is empty when a
// problem is an error.
func Init(file string, src []byte) (Draft, Problems) {
	d := deployment{containers: []container{{class: "app", maxInstances: -1, graceSeconds: -1}}}
	var ps Problems
	if file != "" {
		d, ps = readWrangler(file, src)
		if ps.Failed() {
			return Draft{}, ps
		}
	}
	c, err := platform.Load()
	if err != nil {
		return Draft{}, Problems{{File: file, Line: 1, Col: 1, Message: err.Error()}}
	}
	day, _ := data.ParseDate(initMonth)
	w := drafter{view: c.AsOf(day), names: map[string]bool{}}
	w.scenario(file, d)
	return Draft{YAML: []byte(w.b.String()), Assumed: w.assumed}, ps
}

type drafter struct {
	b       strings.Builder
	view    platform.View
	names   map[string]bool
	assumed []string
	smart   bool
}

func (w *drafter) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

// assume notes an assumption and returns it as the comment beside the line,
// where the app need not be named.
func (w *drafter) assume(format string, args ...any) string {
	text := fmt.Sprintf(format, args...)
	w.assumed = append(w.assumed, text)
	if strings.HasPrefix(format, "%s: ") {
		_, text, _ = strings.Cut(text, ": ")
	}
	return "assumed: " + text
}

// note is an assumption that is a remark rather than a value.
func (w *drafter) note(format string, args ...any) string {
	return strings.TrimPrefix(w.assume(format, args...), "assumed: ")
}

func (w *drafter) scenario(file string, d deployment) {
	w.line("# Question: what do users wait, what fails, and what does the month cost?")
	if file != "" {
		w.line("#\n# Started from %s. Lines marked \"assumed\" are not in it: put your own numbers there.", comment(file))
	}
	for _, cron := range d.crons {
		w.line("# %s", w.note("the Worker has a cron (%s): if it touches a container, add keep_warm: {every: ...}", comment(cron)))
	}
	w.smart = d.smart
	w.line("month: %s  # %s", initMonth, w.assume("the month %s, for prices, types and limits", initMonth))
	w.line("seed: 1")
	w.line("apps:")
	for _, c := range d.containers {
		w.app(c)
	}
	w.line(`slo: ["p95(latency) < 5s", "errors < 1%%"]  # %s`, w.assume("the targets p95(latency) < 5s and errors < 1%%"))
}

func (w *drafter) app(c container) {
	name := w.appName(c.class)
	w.line("  %s:", node.Quote(name, true))
	if c.policy == "durable_object" {
		w.line("    # %s", w.note("%s: scheduling_policy durable_object has no max_instances and no constraints; set them here as a guard", name))
	}
	w.instanceType(name, c)
	switch {
	case c.maxInstances > 0:
		w.line("    max_instances: %d", c.maxInstances)
	case c.maxInstances == 0:
		w.line("    max_instances: 1  # %s", w.assume("%s: max_instances 1, since with 0 nothing runs", name))
	}
	w.line("    sleep_after: 10m  # %s", w.assume("%s: sleep_after 10m, the class's default; it is set in code", name))
	w.image(name, c)
	w.line("    start: {init: 1s}  # %s", w.assume("%s: 1 s of initialisation", name))
	w.line("    work: {cpu: \"lognormal(mean=100ms, cv=1)\", io: \"exponential(mean=100ms)\", memory: 20MiB, response: 50kB, base_memory: %s}  # %s",
		w.baseMemory(c), w.assume("%s: the work of a request and the memory of the idle app", name))
	w.place(name, c)
	if w.smart {
		w.line("    worker: smart")
	}
	if len(c.steps) > 0 || c.graceSeconds >= 0 {
		w.rollout(name, c)
	}
	w.line("    traffic:")
	w.line("      # %s", w.assume("%s: 20,000 sessions a month of about 5 requests, all over the world", name))
	w.line(`      - {sessions: 20k/month, requests: "geometric(mean=5)", think: "lognormal(mean=20s, cv=1)", daily: internet}`)
}

// appName makes a name that is allowed and not yet taken.
func (w *drafter) appName(class string) string {
	var b strings.Builder
	for _, r := range class {
		if badName(string(r)) == "" {
			b.WriteRune(r)
		}
	}
	base := strings.TrimSpace(b.String())
	if len(base) > 50 {
		base = strings.TrimSpace(base[:50])
	}
	if base == "" {
		base = "app"
		w.assume("the name app, since the configuration gives none that can be used")
	}
	name := base
	for i := 2; w.names[name]; i++ {
		name = fmt.Sprintf("%s-%d", base, i)
	}
	w.names[name] = true
	return name
}

// instanceType writes the type in force on the draft's date.
func (w *drafter) instanceType(name string, c container) {
	switch {
	case c.typeName == "":
		w.line("    instance_type: lite  # %s", w.assume("%s: instance type lite, the platform's default", name))
	case c.typeName != "custom":
		t, err := w.view.Type(c.typeName)
		if err != nil {
			w.line("    instance_type: lite  # %s", w.assume("%s: instance type lite, since %q is not a type of %s", name, comment(c.typeName), initMonth))
		} else if t.Name != c.typeName {
			w.line("    instance_type: %s  # %s", t.Name, w.assume("%s: instance type %s, which the name %s stands for today", name, t.Name, c.typeName))
		} else {
			w.line("    instance_type: %s", t.Name)
		}
	default:
		w.custom(name, c)
	}
}

// custom writes a custom type as it is where the rules allow it, else the
// smallest named type that has as much of everything.
func (w *drafter) custom(name string, c container) {
	if c.memoryText != "" {
		w.assume("%s: memory %s read as %d MiB", name, comment(c.memoryText), c.memoryMiB)
	}
	if t, err := w.view.Custom(platform.VCPU1024(c.vcpu), c.memoryMiB, c.diskMB); err == nil {
		w.line("    instance_type: {vcpu: %s, memory: %dMiB, disk: %dMB}", decimalText(t.VCPU()), t.MemoryMiB, t.DiskMB)
		return
	}
	written := fmt.Sprintf("%s vCPU, %d MiB, %d MB", decimalText(c.vcpu), c.memoryMiB, c.diskMB)
	for _, t := range w.view.Types() {
		if t.VCPU() >= c.vcpu && t.MemoryMiB >= c.memoryMiB && t.DiskMB >= c.diskMB {
			w.line("    instance_type: %s  # %s", t.Name, w.assume("%s: %s, the smallest type with at least %s, which the rules do not allow as a custom type", name, t.Name, written))
			return
		}
	}
	types := w.view.Types()
	largest := types[len(types)-1]
	w.line("    instance_type: %s  # %s", largest.Name, w.assume("%s: %s, the largest type; %s is above every type", name, largest.Name, written))
}

func decimalText(x float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.6f", x), "0"), ".")
}

// baseMemory is small enough for every type.
func (w *drafter) baseMemory(c container) string {
	if c.typeName == "custom" && c.memoryMiB >= 1024 {
		return "200MiB"
	}
	return "100MiB"
}

func (w *drafter) image(name string, c container) {
	registry := ""
	if externalImage(c.image) {
		registry = ", registry: external"
	}
	about := ""
	if c.image != "" {
		about = " of " + comment(c.image)
	}
	w.line("    image: {compressed: 200MB, unpacked: 500MB%s}  # %s", registry, w.assume("%s: the image's sizes%s", name, about))
}

// externalImage says whether an image comes from a registry that is not the
// platform's own: a Dockerfile or a path is built and pushed to its own.
func externalImage(image string) bool {
	host, _, found := strings.Cut(image, "/")
	if !found || strings.HasPrefix(image, ".") || strings.HasPrefix(image, "/") || strings.HasPrefix(host, "registry.cloudflare.") {
		return false
	}
	return strings.Contains(host, ".") && !strings.HasSuffix(image, "Dockerfile")
}

func (w *drafter) place(name string, c container) {
	if len(c.regions) == 0 && c.jurisdiction == "" {
		return
	}
	if _, err := w.view.Constrain(c.regions, c.jurisdiction); err != nil {
		w.line("    # %s", w.assume("%s: no placement constraint, since its regions or jurisdiction are not known on %s", name, initMonth))
		return
	}
	var parts []string
	if len(c.regions) > 0 {
		parts = append(parts, "regions: ["+strings.ToUpper(strings.Join(c.regions, ", "))+"]")
	}
	if c.jurisdiction != "" {
		parts = append(parts, "jurisdiction: "+c.jurisdiction)
	}
	w.line("    placement: {%s}", strings.Join(parts, ", "))
}

func (w *drafter) rollout(name string, c container) {
	steps := ""
	if len(c.steps) > 0 {
		var all []string
		for _, s := range c.steps {
			all = append(all, fmt.Sprint(s))
		}
		steps = ", steps: [" + strings.Join(all, ", ") + "]"
	}
	grace := ""
	if c.graceSeconds >= 0 {
		grace = ", grace: " + (sim.Time(c.graceSeconds) * sim.Second).String()
	}
	w.line("    rollouts: [{at: 14d12h%s%s}]  # %s", steps, grace, w.assume("%s: one deploy in mid-month", name))
}

// comment makes text safe inside a comment: one line, no control characters,
// not long.
func comment(s string) string {
	return clip(strings.TrimSpace(printable(strings.ReplaceAll(s, "\n", " "))))
}
