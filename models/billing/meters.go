package billing

import (
	"encoding/json"
	"fmt"
	"math/big"
	"sort"

	"berth/data/strict"
)

// Meter is something that is measured and may be priced.
type Meter int

// The meters. Units are in MeterUnits.
const (
	Memory Meter = iota
	CPUProvisioned
	CPUActive
	Disk
	EgressNAEU
	EgressOceaniaKRTW
	EgressOther
	WorkerRequests
	WorkerCPU
	DORequests
	DOAlarms
	DOWSMessages
	DODuration
	DORowsRead
	DORowsWritten
	DOStorage
	LogEvents
	LogBytes
	LogStorage
	NumMeters
)

// MeterNames are the names of the meters in the catalogue and in usage files.
var MeterNames = [NumMeters]string{"memory", "cpu_provisioned", "cpu_active", "disk", "egress_na_eu", "egress_oceania_kr_tw", "egress_other",
	"worker_requests", "worker_cpu", "do_requests", "do_alarms", "do_ws_messages", "do_duration", "do_rows_read", "do_rows_written",
	"do_storage", "log_events", "log_bytes", "log_storage"}

// MeterUnits are the units of the meters.
var MeterUnits = [NumMeters]string{"GiB-s", "vCPU-s", "vCPU-s", "GB-s", "GB", "GB", "GB", "requests", "CPU-ms", "requests", "requests", "messages",
	"GB-s", "rows", "rows", "GB-month", "events", "GB", "GB-month"}

// meterNamed finds a meter by name.
func meterNamed(name string) (Meter, bool) {
	for m, n := range MeterNames {
		if n == name {
			return Meter(m), true
		}
	}
	return 0, false
}

// Egress numbers the pools of egress in the order of data.EgressRegionNames.
type Egress int

// The pools of egress.
const (
	NAEU Egress = iota
	OceaniaKRTW
	Other
	NumEgress
)

// Meters are the readings of one app as a run leaves them: whole numbers in the
// smallest units, nil for 0. They overflow 64 bits within one large
// account-month, hence big integers.
type Meters struct {
	MemoryMiBms          *big.Int            // MiB x ms
	DiskMBms             *big.Int            // MB x ms
	CPUProvisioned1024ms *big.Int            // 1/1024 vCPU x ms
	CPUActive1024ns      *big.Int            // 1/1024 vCPU x ns
	EgressBytes          [NumEgress]*big.Int // bytes
	DORequests           *big.Int
	DOAlarms             *big.Int
	DOWSMessages         *big.Int // incoming WebSocket messages, one by one
	DODurationMBms       *big.Int // MB x ms: 128 x ms awake
	DORowsRead           *big.Int
	DORowsWritten        *big.Int // each alarm set writes one
	DOStorageByteMs      *big.Int // bytes x ms
	WorkerRequests       *big.Int
	WorkerCPUns          *big.Int
	LogEvents            *big.Int
	LogBytes             *big.Int
	LogStorageByteDays   *big.Int // bytes that can be queried x days
}

// Quantities are exact readings of every meter in its unit.
type Quantities [NumMeters]Exact

// Quantities converts the readings to the meters' units. A GB-month is 1 GB for
// 30 days (the documentation divides the sum of daily maxima by 30).
func (m Meters) Quantities() Quantities {
	const dayMs = 24 * 3600 * 1000
	var q Quantities
	q[Memory] = exactBig(m.MemoryMiBms, 1024*1000)
	q[CPUProvisioned] = exactBig(m.CPUProvisioned1024ms, 1024*1000)
	q[CPUActive] = exactBig(m.CPUActive1024ns, 1024*1_000_000_000)
	q[Disk] = exactBig(m.DiskMBms, 1000*1000)
	for r := NAEU; r < NumEgress; r++ {
		q[EgressNAEU+Meter(r)] = exactBig(m.EgressBytes[r], 1_000_000_000)
	}
	q[WorkerRequests] = exactBig(m.WorkerRequests, 1)
	q[WorkerCPU] = exactBig(m.WorkerCPUns, 1_000_000)
	q[DORequests] = exactBig(m.DORequests, 1)
	q[DOAlarms] = exactBig(m.DOAlarms, 1)
	q[DOWSMessages] = exactBig(m.DOWSMessages, 1)
	q[DODuration] = exactBig(m.DODurationMBms, 1000*1000)
	q[DORowsRead] = exactBig(m.DORowsRead, 1)
	q[DORowsWritten] = exactBig(m.DORowsWritten, 1)
	q[DOStorage] = exactBig(m.DOStorageByteMs, 1).Quo(ExactInt(30 * dayMs).Mul(ExactInt(1_000_000_000)))
	q[LogEvents] = exactBig(m.LogEvents, 1)
	q[LogBytes] = exactBig(m.LogBytes, 1_000_000_000)
	q[LogStorage] = exactBig(m.LogStorageByteDays, 30*1_000_000_000)
	return q
}

// Usage is the readings as an app's usage.
func (m Meters) Usage(app string) AppUsage { return AppUsage{App: app, Quantities: m.Quantities()} }

// AppUsage is what one app used.
type AppUsage struct {
	App        string
	Quantities Quantities
}

// Usage is what an account used, by app.
type Usage struct{ Apps []AppUsage }

// Total sums a meter over the apps.
func (u Usage) Total(m Meter) Exact {
	var sum Exact
	for _, a := range u.Apps {
		sum = sum.Add(a.Quantities[m])
	}
	return sum
}

// Add is u + v, app by app; apps of v that u lacks come after its own.
func (u Usage) Add(v Usage) Usage { return u.combine(v, Exact.Add) }

// Sub is u - v, app by app; v is meant to be a part of u.
func (u Usage) Sub(v Usage) Usage { return u.combine(v, Exact.Sub) }

func (u Usage) combine(v Usage, op func(a, b Exact) Exact) Usage {
	out := Usage{Apps: append([]AppUsage(nil), u.Apps...)}
	at := map[string]int{}
	for i, a := range out.Apps {
		at[a.App] = i
	}
	for _, a := range v.Apps {
		i, ok := at[a.App]
		if !ok {
			i = len(out.Apps)
			at[a.App] = i
			out.Apps = append(out.Apps, AppUsage{App: a.App})
		}
		for m := range a.Quantities {
			out.Apps[i].Quantities[m] = op(out.Apps[i].Quantities[m], a.Quantities[m])
		}
	}
	return out
}

// Scale is u x num/den exactly; den must not be 0. It stretches usage, not money,
// so allowances and rounding apply to the stretched month.
func (u Usage) Scale(num, den *big.Int) Usage {
	f := Exact{new(big.Rat).SetFrac(num, den)}
	out := Usage{Apps: make([]AppUsage, len(u.Apps))}
	for i, a := range u.Apps {
		out.Apps[i].App = a.App
		for m, q := range a.Quantities {
			out.Apps[i].Quantities[m] = q.Mul(f)
		}
	}
	return out
}

// MarshalJSON writes the meters that are not 0 by name.
func (q Quantities) MarshalJSON() ([]byte, error) {
	byName := map[string]Exact{}
	for m, x := range q {
		if x.Sign() != 0 {
			byName[MeterNames[m]] = x
		}
	}
	return json.Marshal(byName)
}

// UnmarshalJSON reads what MarshalJSON wrote; the first unknown meter is an error.
func (q *Quantities) UnmarshalJSON(b []byte) error {
	byName := map[string]Exact{}
	if err := json.Unmarshal(b, &byName); err != nil {
		return err
	}
	names := make([]string, 0, len(byName))
	for n := range byName {
		names = append(names, n)
	}
	sort.Strings(names)
	*q = Quantities{}
	for _, n := range names {
		m, ok := meterNamed(n)
		if !ok {
			return fmt.Errorf("there is no meter %q; nearest: %q", clip(n), strict.Suggest(n, MeterNames[:]))
		}
		q[m] = byName[n]
	}
	return nil
}
