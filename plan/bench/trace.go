package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"berth/models/edge"
	"berth/models/instance"
	"berth/models/workload"
	"berth/models/workload/trace"
	"berth/sim"
	"berth/sim/dist"
	"berth/sim/rng"
)

const (
	traceKeys = 5000
	traceRate = 2000.0
)

// replay is a job that replays a file of single calls.
type replay struct {
	scene
	path string
	g    *geography
}

// traceJob writes the file before the clock runs.
func traceJob(requests int64) (job, error) {
	file, err := os.CreateTemp("", "berth-bench-*.csv")
	if err != nil {
		return nil, err
	}
	path := file.Name()
	last, err := writeCalls(file, requests)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	j := &replay{path: path}
	if err := j.compile(last, requests); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return j, nil
}

// writeCalls writes calls of Poisson arrivals over Zipf keys with a service time
// and bytes each, and returns the instant of the last.
func writeCalls(to io.Writer, calls int64) (sim.Time, error) {
	w := bufio.NewWriterSize(to, 1<<20)
	keys, err := dist.NewAlias(dist.ZipfWeights(traceKeys, 0.8))
	if err != nil {
		return 0, err
	}
	s := newStreams(3)
	service, bytes := dist.Compile(law("lognormal(mean=80ms, cv=1)"), 1e3), dist.Compile(size("lognormal(mean=20kB, cv=1)"), 1)
	fmt.Fprintln(w, "time_ms,key,service_ms,bytes_B")
	at := 0.0 // us
	var line []byte
	for range calls {
		at += s.gap.Exp() * 1e6 / traceRate
		line = thousandths(line[:0], int64(at))
		line = append(line, ",k"...)
		line = strconv.AppendInt(line, int64(keys.Draw(s.key.Uint64())), 10)
		line = append(line, ',')
		line = thousandths(line, service.Int64(&s.cpu)*1000)
		line = append(line, ',')
		line = strconv.AppendInt(line, bytes.Int64(&s.bytes), 10)
		line = append(line, '\n')
		if _, err := w.Write(line); err != nil {
			return 0, err
		}
	}
	return sim.Time(at) * sim.Microsecond, w.Flush()
}

// thousandths writes n / 1000 with three decimals.
func thousandths(line []byte, n int64) []byte {
	line = strconv.AppendInt(line, n/1000, 10)
	return append(line, '.', byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10))
}

func (j *replay) compile(last sim.Time, requests int64) error {
	cfg := base(last + sim.Second)
	cfg.Network = edge.Network{SamePoPms: 0.5, ReroutedShare: 0.1}
	a := &cfg.Apps[0]
	a.Route = edge.Route{By: "session"}
	a.Start = coldStart()
	a.Traffic = []workload.Config{{Name: "trace", Kind: workload.Trace, TracePath: j.path, TraceFormat: "csv", Speed: 1}}
	model, err := edge.Compile(cfg)
	if err != nil {
		return err
	}
	j.scene = scene{cfg: cfg, model: model, expected: requests, count: requestsOf}
	cfg.Apps[0].Traffic[0].Kind, cfg.Apps[0].Traffic[0].PerSecond = workload.Requests, traceRate // the demand by city
	j.g, err = newGeography(cfg)
	cfg.Apps[0].Traffic[0].Kind = workload.Trace
	return err
}

func (j *replay) run(ctx context.Context, n int, l *laps) (int64, error) {
	return j.scene.run(ctx, n, l)
}

// floor reads the file and touches an instance and the histograms for each call.
func (j *replay) floor(units int64) uint64 {
	r, err := trace.Open(j.path, trace.Options{Format: "csv"})
	if err != nil {
		return 0
	}
	defer r.Close()
	f := &open{g: j.g, objects: make([]object, traceKeys), insts: make([]instance.Instance, traceKeys)}
	f.scatter()
	places := make([]float64, len(j.g.hubs))
	for i := range places {
		places[i] = 1
	}
	draw, err := dist.NewAlias(places)
	if err != nil {
		return 0
	}
	s := newStreams(1)
	var l ledger
	for range units {
		call, err := r.Next()
		if err != nil {
			break
		}
		h := draw.Draw(s.place.Uint64())
		f.request(&s, &l, call.At+call.Service, h, call.Key)
		l.egress.Add(uint64(call.Bytes))
	}
	return l.sum + rng.Hash(uint64(units))
}

func (j *replay) close() error { return os.Remove(j.path) }
