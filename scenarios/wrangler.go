package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"berth/scenarios/internal/node"
	"berth/scenarios/internal/quantity"

	"github.com/BurntSushi/toml"
)

// deployment is what a wrangler configuration says that a scenario can use.
type deployment struct {
	containers []container
	smart      bool
	crons      []string
}

// container is one entry of containers.
type container struct {
	class, image string
	typeName     string // as written; "" where none is
	vcpu         float64
	memoryMiB    int64
	diskMB       int64
	memoryText   string // as written, when its unit had to be read
	maxInstances int64  // -1 where not written
	steps        []int64
	graceSeconds int64 // -1 where not written
	regions      []string
	jurisdiction string
	policy       string // scheduling_policy
}

// wrangler reads a configuration file and collects what is wrong with it.
type wrangler struct {
	file     string
	lines    []string
	problems Problems
}

func readWrangler(file string, src []byte) (deployment, Problems) {
	w := &wrangler{file: file, lines: strings.Split(string(src), "\n")}
	d := w.read(src)
	return d, w.problems.sorted(map[string]int{file: 0})
}

func (w *wrangler) report(sev Severity, line, col int, path, suggestion, format string, args ...any) {
	p := Problem{File: w.file, Line: max(line, 1), Col: max(col, 1), Path: path, Severity: sev, Message: fmt.Sprintf(format, args...), Suggestion: suggestion}
	if p.Line <= len(w.lines) {
		p.Source = w.lines[p.Line-1]
	}
	w.problems = append(w.problems, p)
}

// at finds the line and column of a key, of its n-th mention or the last. The
// decoders do not keep places, so this looks for the key as text.
func (w *wrangler) at(key string, n int) (line, col int) {
	mention := regexp.MustCompile(`(?:^|[\s,{\["])` + regexp.QuoteMeta(key) + `(?:_mib|_mb)?["\s]*[=:\]]`)
	line, col = 1, 1
	for i, text := range w.lines {
		if start := strings.TrimSpace(text); strings.HasPrefix(start, "#") || strings.HasPrefix(start, "//") {
			continue
		}
		if at := mention.FindStringIndex(text); at != nil {
			line, col = i+1, len([]rune(text[:at[0]+strings.Index(text[at[0]:], key)]))+1
			if n == 0 {
				return line, col
			}
			n--
		}
	}
	return line, col
}

func (w *wrangler) read(src []byte) deployment {
	if len(src) > node.MaxBytes {
		w.report(Error, 1, 1, "", "", "the file has %d bytes; at most %d are read", len(src), node.MaxBytes)
		return deployment{}
	}
	root, ok := w.decode(src)
	if !ok {
		return deployment{}
	}
	d := deployment{}
	if p, ok := root["placement"].(map[string]any); ok {
		d.smart = p["mode"] == "smart"
	}
	if t, ok := root["triggers"].(map[string]any); ok {
		d.crons = texts(t["crons"])
	}
	list := w.containerList(root)
	for i, entry := range list {
		m, ok := entry.(map[string]any)
		if !ok {
			line, col := w.at("containers", 0)
			w.report(Error, line, col, fmt.Sprintf("containers[%d]", i), "", "an entry is a table")
			continue
		}
		d.containers = append(d.containers, w.container(m, i))
	}
	if len(list) == 0 {
		w.report(Error, 1, 1, "containers", "berth init without --from writes a scenario to start with", "the configuration has no containers")
	}
	return d
}

func (w *wrangler) decode(src []byte) (map[string]any, bool) {
	if !strings.HasSuffix(strings.ToLower(w.file), ".toml") {
		root, err := parseJSONC(src)
		var f jsonFault
		if errors.As(err, &f) {
			line, col := lineCol(src, f.offset)
			w.report(Error, line, col, "", "", "%s", f.text)
		}
		return root, err == nil
	}
	var root map[string]any
	_, err := toml.Decode(string(src), &root)
	if err == nil {
		return root, true
	}
	var pe toml.ParseError
	if errors.As(err, &pe) {
		line, col := pe.Position.Line, pe.Position.Col
		if strings.Contains(pe.Message, `'\n'`) && line > 1 {
			line, col = line-1, len([]rune(w.lines[line-2]))+1 // the line that ends too early
		}
		w.report(Error, line, col, "", "", "not valid TOML: %s", firstLineOf(pe.Message))
	} else {
		w.report(Error, 1, 1, "", "", "not valid TOML: %s", firstLineOf(err.Error()))
	}
	return nil, false
}

func firstLineOf(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func lineCol(src []byte, offset int) (line, col int) {
	before := string(src[:min(max(offset, 0), len(src))])
	line = 1 + strings.Count(before, "\n")
	return line, len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
}

// containerList finds the containers at the top level or, failing that, in the
// first environment by name that has some.
func (w *wrangler) containerList(root map[string]any) []any {
	if list := asList(root["containers"]); len(list) > 0 {
		return list
	}
	envs, _ := root["env"].(map[string]any)
	names := make([]string, 0, len(envs))
	for name := range envs {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if env, ok := envs[name].(map[string]any); ok {
			if list := asList(env["containers"]); len(list) > 0 {
				line, col := w.at("containers", 0)
				w.report(Warning, line, col, "env."+name, "", "taken from the environment %s", clip(name))
				return list
			}
		}
	}
	return nil
}

// asList reads a list; one table stands for a list of one. TOML's decoder gives
// arrays of tables a type of their own.
func asList(v any) []any {
	switch x := v.(type) {
	case []any:
		return x
	case []map[string]any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = x[i]
		}
		return out
	case map[string]any:
		return []any{x}
	}
	return nil
}

func texts(v any) []string {
	var out []string
	for _, x := range asList(v) {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func (w *wrangler) container(m map[string]any, i int) container {
	c := container{maxInstances: -1, graceSeconds: -1}
	path := fmt.Sprintf("containers[%d].", i)
	text := func(key string) string {
		v, there := m[key]
		s, ok := v.(string)
		if there && !ok {
			line, col := w.at(key, i)
			w.report(Error, line, col, path+key, "", "%s is text", key)
		}
		return s
	}
	c.class, c.image, c.policy = text("class_name"), text("image"), text("scheduling_policy")
	if c.class == "" {
		c.class = text("name")
	}
	if n, ok := w.whole(m, "max_instances", i, path); ok {
		c.maxInstances = n
	}
	if n, ok := w.whole(m, "rollout_active_grace_period", i, path); ok {
		c.graceSeconds = n
	}
	c.steps = w.steps(m["rollout_step_percentage"], i, path)
	if con, ok := m["constraints"].(map[string]any); ok {
		c.regions = texts(con["regions"])
		c.jurisdiction, _ = con["jurisdiction"].(string)
	}
	w.size(m, i, path, &c)
	return c
}

func (w *wrangler) whole(m map[string]any, key string, i int, path string) (int64, bool) {
	v, there := m[key]
	if !there {
		return 0, false
	}
	x, ok := numberOf(v)
	if !ok || x != math.Floor(x) || x < 0 || x > 1e9 {
		line, col := w.at(key, i)
		w.report(Error, line, col, path+key, "", "%s is a whole number of 0 or more", key)
		return 0, false
	}
	return int64(x), true
}

func numberOf(v any) (float64, bool) {
	switch x := v.(type) {
	case int64:
		return float64(x), true
	case float64:
		return x, !math.IsNaN(x) && !math.IsInf(x, 0)
	case json.Number:
		f, err := strconv.ParseFloat(x.String(), 64)
		return f, err == nil
	}
	return 0, false
}

// steps reads cumulative percentages; one number is the size of equal steps.
func (w *wrangler) steps(v any, i int, path string) []int64 {
	if v == nil {
		return nil
	}
	bad := func() []int64 {
		line, col := w.at("rollout_step_percentage", i)
		w.report(Error, line, col, path+"rollout_step_percentage", "such as 25, or [10, 100]", "steps are a percentage, or cumulative percentages that end at 100")
		return nil
	}
	if x, ok := numberOf(v); ok {
		if x != math.Floor(x) || x < 1 || x > 100 || math.Mod(100, x) != 0 || 100/x > 20 {
			return bad()
		}
		var out []int64
		for s := int64(x); s <= 100; s += int64(x) {
			out = append(out, s)
		}
		return thin(out)
	}
	var out []int64
	for _, item := range asList(v) {
		x, ok := numberOf(item)
		if !ok || x != math.Floor(x) || x < 1 || x > 100 || len(out) > 0 && int64(x) <= out[len(out)-1] {
			return bad()
		}
		out = append(out, int64(x))
	}
	if len(out) == 0 || out[len(out)-1] != 100 || len(out) > 10 {
		return bad()
	}
	return out
}

// thin keeps at most ten of many equal steps.
func thin(steps []int64) []int64 {
	for len(steps) > 10 {
		var half []int64
		for i := 1; i < len(steps); i += 2 {
			half = append(half, steps[i])
		}
		steps = half
	}
	return steps
}

// size reads the instance type in every form in use: a name, a table of sizes
// as instance_type, the word custom with a table resources or configuration, or
// cpu and memory beside the class.
func (w *wrangler) size(m map[string]any, i int, path string, c *container) {
	sizes := m
	switch t := m["instance_type"].(type) {
	case nil:
	case string:
		c.typeName = t
	case map[string]any:
		sizes = t
		c.typeName = "custom"
	default:
		line, col := w.at("instance_type", i)
		w.report(Error, line, col, path+"instance_type", `such as "basic", or { vcpu = 1, memory_mib = 3072, disk_mb = 8000 }`, "instance_type is a name or a table")
		return
	}
	for _, key := range []string{"resources", "configuration"} {
		if r, ok := m[key].(map[string]any); ok && (c.typeName == "" || c.typeName == "custom") {
			sizes = r
		}
	}
	if c.typeName != "" && c.typeName != "custom" {
		return
	}
	c.vcpu = w.cpu(firstValue(sizes, "vcpu", "cpu"), i, path)
	c.memoryMiB, c.memoryText = w.bytes(firstValue(sizes, "memory_mib", "memory", "memory_mb"), "memory", 1<<20, i, path)
	disk := firstValue(sizes, "disk_mb", "disk")
	if d, ok := disk.(map[string]any); ok {
		disk = firstValue(d, "size_mb", "size")
	}
	c.diskMB, _ = w.bytes(disk, "disk", 1e6, i, path)
	if c.vcpu > 0 || c.memoryMiB > 0 || c.diskMB > 0 {
		c.typeName = "custom"
	}
}

func firstValue(m map[string]any, keys ...string) any {
	for _, k := range keys {
		if v, ok := m[k]; ok {
			return v
		}
	}
	return nil
}

func (w *wrangler) cpu(v any, i int, path string) float64 {
	if v == nil {
		return 0
	}
	x, ok := numberOf(v)
	if s, isText := v.(string); isText {
		var err error
		x, err = quantity.VCPU(s)
		ok = err == nil
	}
	if !ok || x < 0 || x > 1024 {
		line, col := w.at("vcpu", i)
		w.report(Error, line, col, path+"vcpu", "such as 0.5", "the CPU is a number of vCPU")
		return 0
	}
	return x
}

// bytes reads a size: a number in the unit, or text such as 512MB. The text is
// returned where its unit had to be interpreted.
func (w *wrangler) bytes(v any, key string, unit float64, i int, path string) (n int64, written string) {
	if v == nil {
		return 0, ""
	}
	if x, ok := numberOf(v); ok && x >= 0 && x < 1e9 {
		return int64(math.Round(x)), ""
	}
	s, ok := v.(string)
	if ok {
		// Memory is counted in powers of 1024 everywhere on the platform, also where
		// a text says MB.
		read := s
		if key == "memory" && !strings.Contains(s, "i") {
			read = strings.Replace(s, "B", "iB", 1)
		}
		if b, err := quantity.Bytes(read); err == nil && b > 0 && float64(b)/unit < 1e9 {
			if read == s {
				s = ""
			}
			return int64(math.Round(float64(b) / unit)), s
		}
	}
	line, col := w.at(key, i)
	w.report(Error, line, col, path+key, "such as 512MB, or a number", "the %s is not a size", key)
	return 0, ""
}
