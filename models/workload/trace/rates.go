package trace

import (
	"fmt"
	"io"
	"os"
)

// RateStats describes a series of counts per minute.
type RateStats struct {
	Minutes           int64 // from the first to the last of the series
	Requests          int64
	MeanPerMinute     float64
	PeakPerMinute     int64
	ZeroMinutes       int64
	LongestZeroRun    int64   // minutes
	IndexOfDispersion float64 // population variance / mean; NaN without requests
}

// RatesOf reads the table at path, with the columns minute (whole numbers that
// rise) and requests; a minute that is left out has none. A malformed line is
// an error with its number.
func RatesOf(path string) (RateStats, error) {
	file, err := os.Open(path)
	if err != nil {
		return RateStats{}, err
	}
	s, err := ratesFrom(file, path)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return s, err
}

func ratesFrom(in io.Reader, name string) (RateStats, error) {
	var s RateStats
	var bins binTally
	first, last := int64(-1), int64(-1)
	run := int64(0)
	err := readTableFrom(in, name, []string{"minute", "requests"}, func(t *table) error {
		minute, ok := whole(t.out[0])
		if !ok || minute <= last && first >= 0 {
			return fmt.Errorf("minute %s is no whole number above that of the line before", shown(t.out[0]))
		}
		n, ok := whole(t.out[1])
		if !ok || n > 1<<40 {
			return fmt.Errorf("requests %s is no whole number from 0 on", shown(t.out[1]))
		}
		if first < 0 {
			first, last = minute, minute-1
		}
		missing := minute - last - 1
		if n == 0 {
			missing++
		}
		s.ZeroMinutes += missing
		run += missing
		s.LongestZeroRun = max(s.LongestZeroRun, run)
		if n > 0 {
			run = 0
		}
		last = minute
		bins.at(minute-first, n)
		return nil
	})
	if err != nil {
		return RateStats{}, err
	}
	if first < 0 {
		return RateStats{}, fmt.Errorf("%s: there is no minute in the table", name)
	}
	s.Minutes = last - first + 1
	s.PeakPerMinute, s.IndexOfDispersion = bins.result()
	s.Requests = bins.sum
	s.MeanPerMinute = float64(s.Requests) / float64(s.Minutes)
	return s, nil
}
