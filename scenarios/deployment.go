package scenarios

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"berth/models/edge"
	"berth/sim"
)

// Deployment writes an app as a deployment states it: the entry of containers in
// wrangler.jsonc, and the Container class in TypeScript. The image and the name
// of the class are the deployment's own. What the platform does not offer as a
// setting is said in a comment.
func Deployment(a *edge.App) (wrangler, class string) {
	name := className(a.Name)
	return wranglerEntry(a, name), containerClass(a, name)
}

func wranglerEntry(a *edge.App, class string) string {
	var keys []string
	add := func(key string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			return // texts, numbers and lists of them are always written
		}
		keys = append(keys, fmt.Sprintf("      %q: %s", key, strings.NewReplacer(`":`, `": `, `,"`, `, "`).Replace(string(text))))
	}
	add("class_name", class)
	add("image", "./Dockerfile")
	if a.Type.Custom {
		add("instance_type", struct {
			VCPU   float64 `json:"vcpu"`
			Memory int64   `json:"memory_mib"`
			Disk   int64   `json:"disk_mb"`
		}{a.Type.VCPU(), a.Type.MemoryMiB, a.Type.DiskMB})
	} else {
		add("instance_type", a.Type.Name)
	}
	if a.MaxInstances > 0 {
		add("max_instances", a.MaxInstances)
	}
	constraints := map[string]any{}
	if len(a.Place.Regions) > 0 {
		constraints["regions"] = a.Place.Regions
	}
	if a.Place.Jurisdiction != "" {
		constraints["jurisdiction"] = a.Place.Jurisdiction
	}
	if len(constraints) > 0 {
		add("constraints", constraints)
	}
	text := "{\n  \"containers\": [\n    {\n" + strings.Join(keys, ",\n") + "\n    }\n  ]"
	if cron, ok := cronOf(a); ok {
		text += fmt.Sprintf(",\n  \"triggers\": { \"crons\": [%q] }", cron)
	}
	return text + "\n}\n"
}

// cronOf is the cron of the first keep_warm, where its period is one that a cron
// can state.
func cronOf(a *edge.App) (string, bool) {
	if len(a.Touches) == 0 {
		return "", false
	}
	minutes := int64(a.Touches[0].Every / sim.Minute)
	switch every := a.Touches[0].Every; {
	case every%sim.Minute != 0 || minutes < 1:
		return "", false
	case minutes == 1:
		return "* * * * *", true
	case minutes < 60 && 60%minutes == 0:
		return fmt.Sprintf("*/%d * * * *", minutes), true
	case minutes == 60:
		return "0 * * * *", true
	case minutes%60 == 0 && 1440%minutes == 0:
		return fmt.Sprintf("0 */%d * * *", minutes/60), true
	}
	return "", false
}

func containerClass(a *edge.App, class string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format+"\n", args...) }
	fmt.Fprintf(&b, "export class %s extends Container {\n", class)
	switch {
	case a.End != edge.EndSleep:
		line("// stop() or destroy() after the last request of a session or job")
	case a.SleepAfter == sim.Never:
		line("override async onActivityExpired() {} // never sleeps")
	default:
		line("sleepAfter = %q;", sleepText(a.SleepAfter))
	}
	if a.Concurrency > 0 {
		line("// at most %d requests in flight at an instance: to be enforced in fetch()", a.Concurrency)
	}
	switch a.Route.By {
	case "random-n":
		line("// requests go to getRandom(binding, %d)", a.Route.N)
	case "singleton":
		line("// requests go to getContainer(binding)")
	}
	if a.Warm.N > 0 {
		line("// an own pool of %d started instances, refilled by %d", a.Warm.N, a.Warm.Batch)
	}
	if _, ok := cronOf(a); len(a.Touches) > 0 {
		how := "an alarm, since no cron states that period,"
		if ok {
			how = "the cron"
		}
		line("// %s touches the instances every %v", how, a.Touches[0].Every)
	}
	if p := a.Place.Policy; p != "nearest-prefetched" {
		line("// placement %s is a model of the platform's behaviour, not a setting", p)
	}
	if a.Route.Hypothetical {
		line("// route %s is hypothetical: the platform does not offer it", a.Route.By)
	}
	return b.String() + "}\n"
}

// sleepText is a time as the class reads it: whole hours, minutes or seconds.
func sleepText(t sim.Time) string {
	switch {
	case t%sim.Hour == 0 && t > 0:
		return fmt.Sprintf("%dh", t/sim.Hour)
	case t%sim.Minute == 0 && t > 0:
		return fmt.Sprintf("%dm", t/sim.Minute)
	}
	return fmt.Sprintf("%ds", (t+sim.Second-1)/sim.Second)
}

// className makes an identifier of an app's name: doc-parser is DocParser.
func className(name string) string {
	var b strings.Builder
	upper := true
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			upper = true
			continue
		case b.Len() == 0 && unicode.IsDigit(r):
			b.WriteString("App")
		case upper:
			r = unicode.ToUpper(r)
		}
		upper = false
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "App"
	}
	return b.String()
}
