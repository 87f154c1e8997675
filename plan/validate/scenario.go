package validate

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"berth/models/platform"
	"berth/models/theory"
)

// scenario is the text of one reference case in the scenario language: no
// network, no limits of the account, starts that take no time, no clocks, unless
// a case says otherwise.
type scenario struct {
	name      string
	seed      uint64
	warmupS   float64
	measuredS float64
	drain     bool
	top       []string // further top-level lines
	hosts     string   // instead of unlimited places everywhere
	app       map[string]string
	traffic   string
	overlay   string // an instance type called "case"
}

// ten years less a little: the longest run the language takes.
const longestS = 3600 * 86400

// usual are the keys of the app unless the case sets them. An instance never
// sleeps: it would take eleven years without a request.
var usual = []struct{ key, value string }{
	{"instance_type", "lite"},
	{"max_instances", "unlimited"},
	{"sleep_after", "100000h"},
	{"shutdown", "0s"},
	{"service", "full-speed"},
	{"clocks", "off"},
	{"retry", ""},
	{"start", "{platform: 0s, init: 0s, polling: none}"},
	{"prepared_places", "unlimited"},
	{"image", ""},
	{"prefetch", ""},
	{"placement", ""},
	{"end", ""},
	{"meter", "{durable_object: false}"},
	{"route", "singleton"},
	{"work", "{cpu: 0s, io: 0s, response: 0}"},
}

// text is the scenario as YAML.
func (s *scenario) text() []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("name: %s", strings.NewReplacer(".", "-", " ", "-").Replace(s.name))
	line("duration: %s", span(s.warmupS+s.measuredS))
	if s.warmupS > 0 {
		line("warmup: %s", span(s.warmupS))
	}
	line("seed: %d", s.seed)
	line("as_of: 2025-11-01")
	line("network: none")
	if s.drain {
		line("end: drain")
	}
	hosts := s.hosts
	if hosts == "" {
		hosts = "{places: unlimited}"
	}
	line("hosts: %s", hosts)
	line("account: {cpu_meter: provisioned, limits: {vcpu: none, memory: none, disk: none, image_storage: none, starts: none, do_requests: none}}")
	for _, t := range s.top {
		line("%s", t)
	}
	line("apps:\n  app:")
	for _, k := range usual {
		value := k.value
		if own, ok := s.app[k.key]; ok {
			value = own
		}
		if value != "" {
			line("    %s: %s", k.key, value)
		}
	}
	line("    traffic:\n      - %s", s.traffic)
	return []byte(b.String())
}

// overlays is the catalogue file with the case's instance type.
func (s *scenario) overlays() []platform.Overlay {
	if s.overlay == "" {
		return nil
	}
	return []platform.Overlay{{File: s.name, Source: []byte("types:\n  - " + s.overlay + "\n")}}
}

// caseType is an instance type of any size, named "case".
func caseType(vcpu, memoryGiB, diskGB float64) string {
	return fmt.Sprintf("{name: case, vcpu: %s, memory_mib: %.0f, disk_mb: %.0f}", plainNumber(vcpu), memoryGiB*1024, diskGB*1000)
}

// span writes seconds as a time of the language, to the nanosecond.
func span(seconds float64) string {
	text := strconv.FormatFloat(math.Round(seconds*1e9)/1e9, 'f', 9, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "s"
}

// plainNumber writes a number without an exponent, with every digit.
func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// perSecond writes a rate.
func perSecond(rate float64) string { return plainNumber(rate) + "/s" }

// quoted is a law in quotation marks, since it holds commas.
func quoted(law string) string { return `"` + law + `"` }

func exponential(meanS float64) string {
	return fmt.Sprintf("exponential(mean=%ss)", plainNumber(meanS))
}

// lawText writes a law of the reference files in the scenario language.
func lawText(l theory.Law) (string, error) {
	if err := l.Validate(); err != nil {
		return "", err
	}
	mean := plainNumber(l.MeanS) + "s"
	switch {
	case l.Kind == "deterministic" || l.MeanS == 0:
		return mean, nil
	case l.Kind == "exponential":
		return exponential(l.MeanS), nil
	case l.Kind == "lognormal":
		return fmt.Sprintf("lognormal(mean=%s, cv=%s)", mean, plainNumber(l.CV)), nil
	case l.Kind == "hyperexp":
		return fmt.Sprintf("hyperexponential(mean=%s, cv=%s)", mean, plainNumber(l.CV)), nil
	case l.Kind == "uniform0":
		return fmt.Sprintf("uniform(0s, %ss)", plainNumber(2*l.MeanS)), nil
	}
	k := math.Round(1 / (l.CV * l.CV)) // erlangK
	return fmt.Sprintf("gamma(shape=%.0f, scale=%ss)", k, plainNumber(l.MeanS/k)), nil
}

// work is the app's work key for a service that takes io.
func work(io string) string { return "{cpu: 0s, io: " + quoted(io) + ", response: 0}" }

// startLaw is the app's start key for a start that takes law.
func startLaw(law string) string { return "{platform: " + quoted(law) + ", init: 0s, polling: none}" }
