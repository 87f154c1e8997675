package main

import (
	"fmt"
	"io"
	"time"

	"berth/models/edge"
	"berth/plan"
	"berth/sim"
)

// progress shows on standard error how far the runs are: a line that rewrites
// itself on a terminal, else one plain line every 10 s.
type progress struct {
	w        io.Writer
	terminal bool
	every    time.Duration
	start    time.Time // of the calendar: the scenario's
	began    time.Time // of the wall clock
	last     time.Time
	shown    bool
	at       map[int]sim.Time // how far each replication is
	silent   bool
	prefix   string // before the line
}

func newProgress(p *program, cfg *edge.Config, quiet bool) *progress {
	s := &progress{w: p.err, terminal: isTerminal(p.err), every: 10 * time.Second, start: cfg.Start, at: map[int]sim.Time{}, silent: quiet}
	if s.terminal {
		s.every = 100 * time.Millisecond
	}
	s.began = time.Now()
	s.last = s.began
	return s
}

func (s *progress) update(u plan.Progress) {
	s.at[u.Replication] = u.Now
	now := time.Now()
	if s.silent || now.Sub(s.last) < s.every {
		return
	}
	s.last = now
	text := s.prefix + s.line(u, now.Sub(s.began))
	if s.terminal {
		fmt.Fprintf(s.w, "\r\x1b[K%s", text)
		s.shown = true
		return
	}
	fmt.Fprintln(s.w, text)
}

// line says where the runs are after elapsed time.
func (s *progress) line(u plan.Progress, elapsed time.Duration) string {
	seconds := elapsed.Seconds()
	text := fmt.Sprintf("%s  replication %d of %d  %s requests", s.start.Add(time.Duration(u.Now)).UTC().Format("2006-01-02 15:04"),
		min(u.Done+1, u.Total), u.Total, short(float64(u.Requests)))
	if seconds > 0 {
		text += fmt.Sprintf("  %s/s", short(float64(u.Requests)/seconds))
	}
	done := 0.0
	for _, t := range s.at {
		if u.Duration > 0 {
			done += float64(min(t, u.Duration)) / float64(u.Duration)
		}
	}
	if done > 0 && float64(u.Total) > done {
		left := seconds * (float64(u.Total) - done) / done
		text += fmt.Sprintf("  %s left", (time.Duration(left*float64(time.Second)) + time.Second).Truncate(time.Second))
	}
	return text
}

// done clears the line.
func (s *progress) done() {
	if s.shown {
		fmt.Fprint(s.w, "\r\x1b[K")
	}
}

// short writes a count with three digits: 842, 1.21M.
func short(x float64) string {
	for _, u := range []struct {
		from float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if x >= u.from {
			return fmt.Sprintf("%.3g%s", x/u.from, u.name)
		}
	}
	return fmt.Sprintf("%.3g", x)
}
