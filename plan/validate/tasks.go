package validate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"berth/models/theory"
)

// exactFile is a reference file whose values are computed without simulation,
// or by a replay without chance.
type exactFile struct {
	name    string
	columns []string
	inputs  []string // shown as parameters
	check   func(s *suite, row map[string]string, c *checks) error
	needs   string // another file that must be there
}

// tasks lists the rows of every file in a fixed order, then those that need no
// file.
func (s *suite) tasks() ([]task, error) {
	var list []task
	var errs []error
	add := func(t []task, err error) {
		list = append(list, t...)
		errs = append(errs, err)
	}
	for _, m := range theory.Suite {
		add(s.theoryTasks(m))
	}
	for _, f := range exactFiles {
		add(s.exactTasks(f))
	}
	if f, ok := s.files.file[seriesFile]; ok && len(f) > 0 {
		errs = append(errs, s.checkSeries())
	}
	add(s.networkTasks())
	list = append(list, s.platformTasks()...)
	s.noteStrangers()
	return list, errors.Join(errs...)
}

// missing is the row of a file that is not there.
func missing(name string) []task {
	return []task{{row: Row{Model: strings.TrimSuffix(name, ".csv"), Verdict: Skipped, Why: "there is no file " + name}}}
}

// noteStrangers names CSV files that nothing reads.
func (s *suite) noteStrangers() {
	var strange []string
	for name := range s.files.file {
		_, isTheory := theory.Find(name)
		isExact := slices.ContainsFunc(exactFiles, func(f exactFile) bool { return f.name == name })
		if !isTheory && !isExact && name != seriesFile {
			strange = append(strange, name)
		}
	}
	slices.Sort(strange)
	for _, name := range strange {
		s.notes = append(s.notes, name+" is none of the reference files and was not read")
	}
}

// theoryTasks are the rows of a file of closed forms: the analytic module on
// every column, and the simulator on the primary one.
func (s *suite) theoryTasks(m theory.Model) ([]task, error) {
	if _, ok := s.files.file[m.File]; !ok {
		return missing(m.File), nil
	}
	t, err := s.files.read(m.File, m.CheckHeader)
	if err != nil {
		return nil, err
	}
	var list []task
	for _, row := range t.rows {
		known := Row{Model: m.Name(), Case: row["case"], Parameters: parameters(row, m.In), Metric: m.Primary, Reference: row[m.Primary]}
		if other := instead[m.Name()]; known.Reference == "" && other != "" {
			known.Metric, known.Reference = other, row[other]
		}
		list = append(list, task{row: known, run: func(ctx context.Context, r *Row) error { return s.theoryRow(ctx, m, row, r) }})
	}
	return list, nil
}

// instead are the columns that judge a row whose primary one is blank: without a
// cap, or without an exact value.
var instead = map[string]string{"session_instances": "mean_instances_uncapped", "lru_exact": "lru_hit_ratio_che"}

// parameters writes the inputs of a row in the order of the columns.
func parameters(row map[string]string, columns []string) string {
	var words []string
	for _, c := range columns {
		if v := row[c]; v != "" {
			words = append(words, c+"="+v)
		}
	}
	return strings.Join(words, " ")
}

func (s *suite) theoryRow(ctx context.Context, m theory.Model, row map[string]string, r *Row) error {
	comparisons, err := m.Compare(row)
	if err != nil {
		return err
	}
	for _, c := range comparisons {
		r.Checked++
		if !c.OK {
			r.Wrong = append(r.Wrong, Column{c.Column, c.Printed, fmt.Sprintf("%.12g", c.Value)})
		}
	}
	if check, ok := analysis[m.Name()]; ok {
		c := checks{row: row}
		if check(&c); c.err() != nil {
			return c.err()
		}
		r.Checked, r.Wrong = r.Checked+c.n, append(r.Wrong, c.wrong...)
	}
	r.Verdict = Agrees
	if setup, ok := simulations[m.Name()]; ok && m.Primary != "" {
		if r.Reference == "" {
			r.Why = "the row has no " + m.Primary
		} else if err := s.simulate(ctx, setup, row, r); err != nil {
			return err
		}
	}
	if r.Checked == 0 && r.Simulated == nil {
		r.Verdict, r.Why = Skipped, "the row has no reference value"
	}
	return r.noteWrong()
}

// noteWrong fails a row with columns that differ.
func (r *Row) noteWrong() error {
	if len(r.Wrong) == 0 {
		return nil
	}
	var words []string
	for _, w := range r.Wrong {
		words = append(words, fmt.Sprintf("%s is %s, not %s", w.Name, w.Value, w.Reference))
	}
	return fmt.Errorf("%s", strings.Join(words, "; "))
}

// exactTasks are the rows of a file of exact values.
func (s *suite) exactTasks(f exactFile) ([]task, error) {
	if _, ok := s.files.file[f.name]; !ok {
		return missing(f.name), nil
	}
	if _, ok := s.files.file[f.needs]; f.needs != "" && !ok {
		return []task{{row: Row{Model: strings.TrimSuffix(f.name, ".csv"), Verdict: Skipped, Why: "there is no file " + f.needs}}}, nil
	}
	t, err := s.files.read(f.name, exactColumns(f.name, f.columns))
	if err != nil {
		return nil, err
	}
	var list []task
	for _, row := range t.rows {
		known := Row{Model: t.model(), Case: row[f.columns[0]], Parameters: parameters(row, f.inputs)}
		list = append(list, task{row: known, run: func(_ context.Context, r *Row) error {
			c := checks{row: row}
			if err := f.check(s, row, &c); err != nil {
				if skip := (*skipError)(nil); errors.As(err, &skip) {
					r.Verdict, r.Why = Skipped, skip.why
					return nil
				}
				return err
			}
			r.Checked, r.Wrong, r.Verdict = c.n, c.wrong, Agrees
			return r.noteWrong()
		}})
	}
	return list, nil
}

// skipError is why a row cannot be computed through no fault of the program.
type skipError struct{ why string }

func (e *skipError) Error() string { return e.why }
