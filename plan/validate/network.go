package validate

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"berth/data"
	"berth/models/geo"
)

// The network model against measured round trips. The model of hops between
// PoPs has to be within medianError of the embedded matrix between data centres;
// the model of clients is held against pings over the public internet, as
// information. Neither may ever be faster than light in fibre.

const medianError = 0.07

// measuredPair is a measured round trip and what the place's regions are.
type measuredPair struct {
	a, b   string
	rttMs  float64
	km     float64
	na, nb geo.NetRegion
}

// networkTasks are the rows of the network model.
func (s *suite) networkTasks() ([]task, error) {
	n, err := geo.NewNetwork()
	if err != nil {
		return nil, err
	}
	if s.opt.RTT != "" || s.opt.Sites != "" || s.opt.Source != "" {
		return s.ownMatrix(n)
	}
	azure, err := embeddedPairs(n)
	if err != nil {
		return nil, err
	}
	list := []task{pairTask("network", "PoP to PoP", "azure, 30 days to 2025-06-29, embedded", azure, n.PopPopMs, medianError)}
	matrix, sites := s.files.beside("data", "rtt_matrix_wondernetwork.csv"), s.files.beside("data", "rtt_sites.csv")
	if pairs, err := s.readPairs(n, matrix, sites, "wondernetwork"); s.files.dir != "" && err == nil {
		return append(list, pairTask("network", "client to PoP", "wondernetwork, 2018, "+matrix, pairs, n.ClientPopMs, 0)), nil
	}
	return append(list, task{row: Row{Model: "network", Case: "client to PoP", Verdict: Skipped,
		Why: "no matrix of pings over the public internet is at hand: give --rtt and --sites"}}), nil
}

// ownMatrix holds both models against a matrix of the user's. Only one between
// data centres of the embedded kind is a test of the first.
func (s *suite) ownMatrix(n *geo.Network) ([]task, error) {
	if s.opt.RTT == "" || s.opt.Sites == "" {
		return nil, errors.New("--rtt FILE and --sites FILE go together: the round trips and where their places are")
	}
	pairs, err := s.readPairs(n, s.opt.RTT, s.opt.Sites, s.opt.Source)
	if err != nil {
		return nil, err
	}
	limit := 0.0
	if s.opt.Source == "azure" {
		limit = medianError
	}
	what := s.opt.RTT
	if s.opt.Source != "" {
		what = s.opt.Source + ", " + what
	}
	return []task{
		pairTask("network", "PoP to PoP", what, pairs, n.PopPopMs, limit),
		pairTask("network", "client to PoP", what, pairs, n.ClientPopMs, 0),
	}, nil
}

// pairTask compares a model with pairs; limit 0 gates nothing but the speed of
// light.
func pairTask(model, name, what string, pairs []measuredPair, ms func(km float64, a, b geo.NetRegion) float64, limit float64) task {
	row := Row{Model: model, Case: name, Parameters: fmt.Sprintf("%s: %d pairs", what, len(pairs)), Metric: "median relative error"}
	if limit > 0 {
		row.Reference = fmt.Sprintf("at most %g", limit)
	}
	return task{row: row, run: func(_ context.Context, r *Row) error {
		var errs []float64
		var fast []string
		signed := 0.0
		for _, p := range pairs {
			value := ms(p.km, p.na, p.nb)
			if value < geo.FibreFloorMs(p.km) {
				fast = append(fast, p.a+" to "+p.b)
			}
			errs = append(errs, math.Abs(value-p.rttMs)/p.rttMs)
			signed += (value - p.rttMs) / p.rttMs
		}
		slices.Sort(errs)
		median := quantileOf(errs, 0.5)
		r.Checked = len(pairs)
		r.Simulated = &Estimate{Column: r.Metric, Mean: median, Events: int64(len(pairs)), Replications: 1}
		r.Why = fmt.Sprintf("90 %% of pairs within %.1f %%, mean error %+.1f %%, none below light in fibre", 100*quantileOf(errs, 0.9), 100*signed/float64(len(pairs)))
		switch {
		case len(fast) > 0:
			return fmt.Errorf("%d pairs are faster than light in fibre, such as %s", len(fast), fast[0])
		case limit == 0:
			r.Verdict = Information
		case median > limit:
			return fmt.Errorf("the median relative error is %.2f %%, above %.0f %%", 100*median, 100*limit)
		default:
			r.Verdict = Agrees
		}
		return nil
	}}
}

// quantileOf is the nearest-rank quantile of ascending values.
func quantileOf(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	return sorted[min(int(p*float64(len(sorted))), len(sorted)-1)]
}

func embeddedPairs(n *geo.Network) ([]measuredPair, error) {
	sites := map[string]place{}
	for _, s := range data.RTTSites() {
		sites[s.Name] = place{geo.Point{Lat: s.Lat, Lon: s.Lon}, s.Country}
	}
	var list []measuredPair
	for _, m := range data.AzureRTTs() {
		p, err := pairOf(n, sites, m.A, m.B, m.RTTms)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// place is where a site of a matrix is.
type place struct {
	at      geo.Point
	country string
}

func pairOf(n *geo.Network, sites map[string]place, a, b string, ms float64) (measuredPair, error) {
	pa, okA := sites[a]
	pb, okB := sites[b]
	switch {
	case !okA:
		return measuredPair{}, fmt.Errorf("there is no site %q", a)
	case !okB:
		return measuredPair{}, fmt.Errorf("there is no site %q", b)
	}
	na, err1 := n.RegionAt(pa.country, pa.at)
	nb, err2 := n.RegionAt(pb.country, pb.at)
	return measuredPair{a: a, b: b, rttMs: ms, km: geo.DistanceKm(pa.at, pb.at), na: na, nb: nb}, errors.Join(err1, err2)
}

// readPairs reads a matrix and its sites.
func (s *suite) readPairs(n *geo.Network, matrix, sites, source string) ([]measuredPair, error) {
	where, err := s.readSites(sites, source)
	if err != nil {
		return nil, err
	}
	rows, err := s.readCSV(matrix, []string{"a", "b", "rtt_ms"}, []string{"km"})
	if err != nil {
		return nil, err
	}
	var list []measuredPair
	var errs []error
	for _, row := range rows {
		ms, err := strconv.ParseFloat(row.cell["rtt_ms"], 64)
		if err != nil || !(ms > 0) || math.IsInf(ms, 0) {
			errs = append(errs, fmt.Errorf("%s:%d: rtt_ms %q is not a time above 0", matrix, row.line, row.cell["rtt_ms"]))
			continue
		}
		p, err := pairOf(n, where, row.cell["a"], row.cell["b"], ms)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", matrix, row.line, err))
			continue
		}
		list = append(list, p)
	}
	if len(list) == 0 && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("%s: there is no pair", matrix))
	}
	return list, joinFew(errs)
}

// readSites reads the places of one source.
func (s *suite) readSites(path, source string) (map[string]place, error) {
	rows, err := s.readCSV(path, []string{"site", "lat", "lon"}, []string{"source", "city", "country_iso2", "country"})
	if err != nil {
		return nil, err
	}
	sites := map[string]place{}
	from := map[string]string{}
	var errs []error
	for _, row := range rows {
		if source != "" && row.cell["source"] != source {
			continue
		}
		name := row.cell["site"]
		lat, err1 := strconv.ParseFloat(row.cell["lat"], 64)
		lon, err2 := strconv.ParseFloat(row.cell["lon"], 64)
		country := row.cell["country_iso2"]
		if country == "" {
			country = row.cell["country"]
		}
		_, twice := sites[name]
		switch {
		case err1 != nil || err2 != nil || !(math.Abs(lat) <= 90 && math.Abs(lon) <= 180):
			errs = append(errs, fmt.Errorf("%s:%d: %q, %q are no coordinates", path, row.line, row.cell["lat"], row.cell["lon"]))
		case twice:
			errs = append(errs, fmt.Errorf("%s:%d: the site %q stands there twice (%s and %s): say which with --source", path, row.line, name, from[name], row.cell["source"]))
		}
		sites[name], from[name] = place{geo.Point{Lat: lat, Lon: lon}, country}, row.cell["source"]
	}
	if len(sites) == 0 && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("%s: there is no site of source %q", path, source))
	}
	return sites, joinFew(errs)
}

// csvRow is a line of a table by column.
type csvRow struct {
	line int
	cell map[string]string
}

// readCSV reads a table that must have some columns; what it has beside these
// and the optional ones is named in a note.
func (s *suite) readCSV(path string, needed, optional []string) ([]csvRow, error) {
	text, err := readBounded(path)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	var extra []string
	var errs []error
	for _, h := range header {
		if !slices.Contains(needed, h) && !slices.Contains(optional, h) {
			extra = append(extra, h)
		}
	}
	for _, h := range needed {
		if !slices.Contains(header, h) {
			errs = append(errs, fmt.Errorf("%s: there is no column %s", path, h))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(extra) > 0 {
		s.notes = append(s.notes, fmt.Sprintf("%s: the columns %s are not used", path, strings.Join(extra, ", ")))
	}
	var rows []csvRow
	for {
		record, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		line, _ := r.FieldPos(0)
		row := csvRow{line, map[string]string{}}
		for i, h := range header {
			row.cell[h] = strings.TrimSpace(record[i])
		}
		rows = append(rows, row)
	}
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a directory; name a file", path)
	case info.Size() > maxCaseFile:
		return nil, fmt.Errorf("%s has %d MB; at most %d are read", path, info.Size()>>20, maxCaseFile>>20)
	}
	return os.ReadFile(path)
}

// joinFew joins at most ten errors and says how many more there are.
func joinFew(errs []error) error {
	if n := len(errs); n > 10 {
		errs = append(errs[:10:10], fmt.Errorf("and %d more", n-10))
	}
	return errors.Join(errs...)
}
