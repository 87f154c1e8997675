package billing

import "berth/models/platform"

// RunUsage is what instances of a type use in so many instance-seconds at a
// share of their CPU (1 = all of it): memory, disk and both CPU meters.
func RunUsage(t platform.InstanceType, instanceSeconds, cpuShare Exact) Quantities {
	var q Quantities
	q[Memory] = instanceSeconds.Mul(ExactFrac(t.MemoryMiB, 1024))
	q[Disk] = instanceSeconds.Mul(ExactFrac(t.DiskMB, 1000))
	q[CPUProvisioned] = instanceSeconds.Mul(ExactFrac(t.VCPU1024, 1024))
	q[CPUActive] = q[CPUProvisioned].Mul(cpuShare)
	return q
}

// doAlarmSeconds is how often the Container class re-arms its alarm while the
// instance runs (measured: every 3 minutes).
const doAlarmSeconds = 180

// ClassDOUsage is what the Durable Object of a Container-class instance uses
// while the instance runs: 128 MB awake, an alarm every 3 minutes, one row
// written for each alarm.
func ClassDOUsage(instanceSeconds Exact) Quantities {
	var q Quantities
	q[DODuration] = instanceSeconds.Mul(ExactFrac(128, 1000))
	q[DOAlarms] = instanceSeconds.Quo(ExactInt(doAlarmSeconds))
	q[DORowsWritten] = q[DOAlarms]
	return q
}

// plus is q + r, meter by meter.
func (q Quantities) plus(r Quantities) Quantities {
	for m := range q {
		q[m] = q[m].Add(r[m])
	}
	return q
}
