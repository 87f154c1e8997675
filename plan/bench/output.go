package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// SchemaVersion is the version of the JSON form.
const SchemaVersion = 1

// JSON writes one object when one workload was measured, else an array of them.
func JSON(w io.Writer, m Machine, results []*Result) error {
	type object struct {
		SchemaVersion int     `json:"schema_version"`
		Machine       Machine `json:"machine"`
		*Result
	}
	objects := make([]object, len(results))
	for i, r := range results {
		objects[i] = object{SchemaVersion, m, r}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if len(objects) == 1 {
		return enc.Encode(objects[0])
	}
	return enc.Encode(objects)
}

// Text writes a table.
func Text(w io.Writer, m Machine, results []*Result) error {
	out := &failing{w: w}
	fmt.Fprintf(out, "%s\n\n", m)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "workload\trequests\tM/s per core\tbest\ttarget\tns\twall ns\tfloor ns\ttimes floor\tbytes\tallocations\tpeak MiB\tfingerprint\t")
	for _, r := range results {
		target := "-"
		if r.Target > 0 {
			target = fmt.Sprintf("%.3g", r.Target/1e6)
		}
		fmt.Fprintf(t, "%s\t%d\t%.3g\t%.3g\t%s\t%.1f\t%.1f\t%.1f\t%.2f\t%.3g\t%.2g\t%.1f\t%s\t\n", r.Workload, r.Requests, r.PerSecondPerCore/1e6, r.BestPerSecondPerCore/1e6,
			target, r.NsPerRequest, r.WallNsPerRequest, r.FloorNs, r.TimesFloor, r.BytesPerRequest, r.AllocsPerRequest, float64(r.PeakMemoryBytes)/(1<<20), r.Fingerprint)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		for _, p := range r.Points {
			fmt.Fprintf(out, "\n%s, %d entries: %.1f ns, of which draws %.1f ns", r.Workload, p.Entries, p.Ns, p.FloorNs)
		}
		if r.TwoCoreSpeed > 0 {
			fmt.Fprintf(out, "\n%s on two cores: %.2f times as fast (wall)", r.Workload, r.TwoCoreSpeed)
		}
	}
	fmt.Fprint(out, "\n\n"+strings.Join([]string{
		"M/s per core: millions of requests a second of CPU time (user and system, garbage collection included), median of the runs.",
		"floor: the same draws, look-ups, one touch of an instance record and the same number of histogram updates, and nothing else.",
		"bytes, allocations: a request, after warm-up. Peak memory: resident, of the whole process.",
		"fingerprint: of all tallies of the first run; it depends on the number of requests and the version, not on the machine's speed.",
	}, "\n")+"\n")
	return out.err
}

// failing remembers the first error of a writer.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.w.Write(p)
	f.err = err
	return n, err
}
