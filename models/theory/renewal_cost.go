package theory

import "math"

// UsageRates are prices per unit of use, in USD, with what is included, and the
// fixed monthly base.
type UsageRates struct {
	MemoryPerGiBs, CPUPerVCPUs, DiskPerGBs                      float64
	IncludedMemoryGiBs, IncludedCPUVCPUs, IncludedDiskGBs, Base float64
}

// PublishedRates are the published container rates: USD 0.0000025 per GiB-s,
// 0.000020 per vCPU-s, 0.00000007 per GB-s; included per month 25 GiB-h,
// 375 vCPU-min and 200 GB-h; 5 USD base.
func PublishedRates() UsageRates {
	return UsageRates{
		MemoryPerGiBs: 0.0000025, CPUPerVCPUs: 0.000020, DiskPerGBs: 0.00000007,
		IncludedMemoryGiBs: 90_000, IncludedCPUVCPUs: 22_500, IncludedDiskGBs: 720_000,
		Base: 5,
	}
}

// RenewalCost is the expected monthly use and bill of n independent sessions,
// each with its own instance under KeepAliveConcurrent; every resource is
// charged as provisioned for the whole run. It prices expected usage: with an
// allowance in play the expected bill is slightly higher. Binary floating
// point, so for estimates and checks; invoices are computed exactly elsewhere.
//
// Source: renewal-reward theorem (Ross, Stochastic Processes, ch. 3).
type RenewalCost struct {
	Sessions        int // >= 1
	KeepAlive       KeepAliveConcurrent
	VCPU, MemoryGiB float64 // of one instance, >= 0
	DiskGB          float64 // >= 0
	Days            float64 // length of the month, > 0
	Rates           UsageRates
}

// RenewalCostResult holds expected amounts over all sessions and days.
type RenewalCostResult struct {
	UpShare        float64 // share of time an instance is up
	UpS            float64 // instance-seconds billed
	Starts         float64
	BusyS          float64 // instance-seconds with a request in service
	MemoryGiBs     float64
	CPUProvisioned float64 // vCPU-seconds, provisioned for the whole run
	CPUActive      float64 // vCPU-seconds if CPU counted only while starting or serving
	DiskGBs        float64
	GrossUSD       float64 // before allowances and base, provisioned CPU
	NetUSD         float64 // after allowances, with the base
}

// Solve returns the expected use and its price.
func (c RenewalCost) Solve() (RenewalCostResult, error) {
	p := problems{model: "renewal cost"}
	p.atLeast("sessions", c.Sessions, 1)
	p.notNegative("vCPU", c.VCPU)
	p.notNegative("memory", c.MemoryGiB)
	p.notNegative("disk", c.DiskGB)
	p.positive("days", c.Days)
	if err := p.err(); err != nil {
		return RenewalCostResult{}, err
	}
	run, err := c.KeepAlive.Solve()
	if err != nil {
		return RenewalCostResult{}, err
	}
	busyShare, err := c.KeepAlive.BusyShare()
	if err != nil {
		return RenewalCostResult{}, err
	}
	seconds := float64(c.Sessions) * c.Days * 86400
	r := RenewalCostResult{
		UpShare: run.UpShare,
		UpS:     seconds * run.UpShare,
		Starts:  seconds * c.KeepAlive.LambdaPerS * run.StartsPerRequest,
		BusyS:   seconds * busyShare,
	}
	r.MemoryGiBs = r.UpS * c.MemoryGiB
	r.CPUProvisioned = r.UpS * c.VCPU
	r.CPUActive = (r.Starts*c.KeepAlive.StartupS + r.BusyS) * c.VCPU
	r.DiskGBs = r.UpS * c.DiskGB
	r.GrossUSD, r.NetUSD = c.Rates.price(r.MemoryGiBs, r.CPUProvisioned, r.DiskGBs)
	return r, nil
}

// price returns the gross and net price in USD of usage in GiB-s, vCPU-s, GB-s.
func (u UsageRates) price(memoryGiBs, cpuVCPUs, diskGBs float64) (gross, net float64) {
	gross = memoryGiBs*u.MemoryPerGiBs + cpuVCPUs*u.CPUPerVCPUs + diskGBs*u.DiskPerGBs
	net = u.Base +
		math.Max(0, memoryGiBs-u.IncludedMemoryGiBs)*u.MemoryPerGiBs +
		math.Max(0, cpuVCPUs-u.IncludedCPUVCPUs)*u.CPUPerVCPUs +
		math.Max(0, diskGBs-u.IncludedDiskGBs)*u.DiskPerGBs
	return gross, net
}

// CostPoint is one idle timeout, its cold starts and its expected bill.
type CostPoint struct {
	TimeoutPoint
	Usage RenewalCostResult
}

// TimeoutCosts returns the expected bill against cold starts of the given idle
// timeouts (seconds, each >= 0), in their order; c.KeepAlive.TimeoutS is ignored.
func (c RenewalCost) TimeoutCosts(timeoutsS []float64) ([]CostPoint, error) {
	curve, err := c.KeepAlive.TimeoutCurve(timeoutsS)
	if err != nil {
		return nil, err
	}
	points := make([]CostPoint, 0, len(curve))
	for _, p := range curve {
		c.KeepAlive.TimeoutS = p.TimeoutS
		usage, err := c.Solve()
		if err != nil {
			return nil, err
		}
		points = append(points, CostPoint{TimeoutPoint: p, Usage: usage})
	}
	return points, nil
}
