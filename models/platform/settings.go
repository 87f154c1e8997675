package platform

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"berth/data"
	"berth/sim/dist"
)

// Setting is one platform default with its origin.
type Setting struct {
	Name  string
	Kind  string // duration | count | number | text | bool | distribution
	Value string // as text; see the typed methods
	Provenance
}

// Duration reads a setting of kind duration.
func (s Setting) Duration() (time.Duration, error) {
	d, err := time.ParseDuration(s.Value)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("default %s: %q is not a duration of 0 or more, such as 10m", s.Name, s.Value)
	}
	return d, nil
}

// Count reads a setting of kind count.
func (s Setting) Count() (int64, error) {
	n, err := strconv.ParseInt(s.Value, 10, 64)
	if err != nil || n < 0 || n > 1e15 {
		return 0, fmt.Errorf("default %s: %q is not a whole number from 0 to 1e15", s.Name, s.Value)
	}
	return n, nil
}

// Number reads a setting of kind number.
func (s Setting) Number() (float64, error) {
	x, err := strconv.ParseFloat(s.Value, 64)
	if err != nil || !(x >= 0 && x <= 1e15) {
		return 0, fmt.Errorf("default %s: %q is not a number from 0 to 1e15", s.Name, s.Value)
	}
	return x, nil
}

// Bool reads a setting of kind bool.
func (s Setting) Bool() (bool, error) {
	if s.Value != "true" && s.Value != "false" {
		return false, fmt.Errorf("default %s: %q is not true or false", s.Name, s.Value)
	}
	return s.Value == "true", nil
}

// check reads the value as its kind says.
func (s Setting) check() error {
	var err error
	switch s.Kind {
	case "duration":
		_, err = s.Duration()
	case "count":
		_, err = s.Count()
	case "number":
		_, err = s.Number()
	case "bool":
		_, err = s.Bool()
	case "distribution":
		if _, bad := dist.Parse(s.Value, dist.Duration); bad != nil {
			err = fmt.Errorf("default %s: %s", s.Name, oneLine(bad))
		}
	}
	if err == nil {
		err = s.checkWords()
	}
	return err
}

// oneLine joins the lines of an error that lists several problems.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// settingWords are the closed vocabularies of text settings.
var settingWords = map[string][]string{
	"cpu_meter":        {"provisioned", "active"},
	"billed_from":      {"start-command", "vm-up"},
	"egress_key":       {"container-pop", "client-country"},
	"sleep_mode":       {"stop", "snapshot", "suspend"},
	"sleep_after_none": {"soon", "class-default", "until-host-restart"},
	"do_api":           {"class", "raw"},
	"container_hosts":  {"default", "all"},
}

func (s Setting) checkWords() error {
	if words := settingWords[s.Name]; words != nil && !contains(words, s.Value) {
		return unknown("value of default "+s.Name, s.Value, words)
	}
	return nil
}

// Settings lists every default of the day by name.
func (v View) Settings() []Setting {
	byName := v.settings()
	ss := make([]Setting, 0, len(byName))
	for _, name := range sortedNames(byName) {
		ss = append(ss, settingOf(name, byName[name]))
	}
	return ss
}

// Setting is one default of the day; the error suggests a name.
func (v View) Setting(name string) (Setting, error) {
	byName := v.settings()
	if es := byName[name]; es != nil {
		return settingOf(name, es), nil
	}
	return Setting{}, unknown("platform default", name, sortedNames(byName))
}

func (v View) settings() map[string][]found[data.SettingEntry] {
	return lookup(v, func(s data.Section) []data.SettingEntry { return s.Settings },
		func(e data.SettingEntry) (string, data.Dated) { return e.Name, e.Dated })
}

// settingOf takes the value of the top entry and the kind of the lowest: worlds
// and overlays need not repeat it.
func settingOf(name string, es []found[data.SettingEntry]) Setting {
	f := top(es)
	kind := f.entry.Kind
	if es[0].entry.Kind != "" {
		kind = es[0].entry.Kind
	}
	return Setting{Name: name, Kind: kind, Value: f.entry.Value, Provenance: f.Provenance}
}

// Defaults are the settings of the day, typed. Distributions are texts in the
// notation of scenarios.
type Defaults struct {
	InstanceType        string
	MaxInstances        int64
	CPUMeter            string        // provisioned | active
	BillingStep         time.Duration // each run is rounded up to a multiple, once
	BilledFrom          string        // start-command | vm-up
	FailedStartBilled   bool
	EgressKey           string  // container-pop | client-country
	IdleCPU             float64 // vCPU of an idle instance
	OverheadCPU         float64 // vCPU of the VM
	OverheadMemoryMiB   int64
	ColdStart           string // name of a preset
	StartRetryTries     int64
	StartRetryInterval  time.Duration
	ReadyTimeout        time.Duration
	ReadyPoll           time.Duration
	ReadyProbeCap       time.Duration
	StatusNoPlace       int64 // HTTP
	StatusMaxInstances  int64
	StatusStartRate     int64
	StatusNotReady      int64
	SleepAfter          time.Duration
	SleepLag            time.Duration
	SleepMode           string // stop | snapshot | suspend
	SleepAfterNone      string // soon | class-default | until-host-restart
	Shutdown            string // distribution of the time from SIGTERM to exit
	SIGKILLAfter        time.Duration
	DrainingHoldsSlot   bool
	DrainingBilled      bool
	SnapshotTTL         time.Duration
	SuspendWake         string // distribution
	HostRestartsPerHour float64
	RolloutSteps        string // "10,100": cumulative percentages
	RolloutGrace        time.Duration
	FirstDeploy         string // distribution
	DOMemoryMB          int64
	DOAPI               string // class | raw
	DOAlarmEvery        time.Duration
	LogRetention        time.Duration
	Autoscale           bool
	MinInstances        string // a count, or 1-per-region
	ContainerHosts      string // default | all
}

// Defaults reads every setting of the day. Loading has checked their forms.
func (v View) Defaults() Defaults {
	byName := v.settings()
	get := func(name string) Setting {
		if es := byName[name]; es != nil {
			return settingOf(name, es)
		}
		return Setting{Name: name}
	}
	text := func(name string) string { return get(name).Value }
	duration := func(name string) time.Duration { d, _ := get(name).Duration(); return d }
	count := func(name string) int64 { n, _ := get(name).Count(); return n }
	number := func(name string) float64 { x, _ := get(name).Number(); return x }
	yes := func(name string) bool { b, _ := get(name).Bool(); return b }
	return Defaults{
		InstanceType: text("instance_type"), MaxInstances: count("max_instances"),
		CPUMeter: text("cpu_meter"), BillingStep: duration("billing_step"), BilledFrom: text("billed_from"),
		FailedStartBilled: yes("failed_start_billed"), EgressKey: text("egress_key"),
		IdleCPU: number("idle_cpu"), OverheadCPU: number("overhead_cpu"), OverheadMemoryMiB: count("overhead_memory_mib"),
		ColdStart: text("cold_start"), StartRetryTries: count("start_retry_tries"), StartRetryInterval: duration("start_retry_interval"),
		ReadyTimeout: duration("ready_timeout"), ReadyPoll: duration("ready_poll"), ReadyProbeCap: duration("ready_probe_cap"),
		StatusNoPlace: count("status_no_place"), StatusMaxInstances: count("status_max_instances"),
		StatusStartRate: count("status_start_rate"), StatusNotReady: count("status_not_ready"),
		SleepAfter: duration("sleep_after"), SleepLag: duration("sleep_lag"), SleepMode: text("sleep_mode"),
		SleepAfterNone: text("sleep_after_none"), Shutdown: text("shutdown"), SIGKILLAfter: duration("sigkill_after"),
		DrainingHoldsSlot: yes("draining_holds_slot"), DrainingBilled: yes("draining_billed"),
		SnapshotTTL: duration("snapshot_ttl"), SuspendWake: text("suspend_wake"), HostRestartsPerHour: number("host_restarts_per_hour"),
		RolloutSteps: text("rollout_steps"), RolloutGrace: duration("rollout_grace"), FirstDeploy: text("first_deploy"),
		DOMemoryMB: count("do_memory_mb"), DOAPI: text("do_api"), DOAlarmEvery: duration("do_alarm_every"),
		LogRetention: duration("log_retention"), Autoscale: yes("autoscale"), MinInstances: text("min_instances"),
		ContainerHosts: text("container_hosts"),
	}
}
