package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"berth/sim"
)

// function identifies a function of the 2019 trace, app an application.
type function struct{ owner, app, hash string }

type app struct{ owner, app string }

// companionNames says how a file of invocations and its companions are named:
// as published, and as in small samples.
var companionNames = [][3]string{
	{"invocations_per_function_md", "function_durations_percentiles", "app_memory_percentiles"},
	{"invocations", "durations", "memory"},
}

// readCompanions reads average durations and memory. A file that Options names
// has to be there; one that is looked for by name may be missing, and then the
// values are unknown.
func readCompanions(counts string, opt Options) (map[function]sim.Time, map[app]float64, error) {
	durations, memory := map[function]sim.Time{}, map[app]float64{}
	dir, base := filepath.Split(counts)
	for i, path := range []string{opt.Durations, opt.Memory} {
		path, given := path, path != ""
		for _, n := range companionNames {
			if !given && path == "" && strings.Contains(base, n[0]) {
				path = beside(filepath.Join(dir, strings.Replace(base, n[0], n[i+1], 1)))
			}
		}
		if path == "" {
			continue
		}
		read := func(t *table) error {
			ms, ok := decimal(t.out[3], 0)
			if !ok || ms < 0 || ms > maxMs {
				return fmt.Errorf("average %s is no number of ms from 0 on", shown(t.out[3]))
			}
			durations[function{string(t.out[0]), string(t.out[1]), string(t.out[2])}] = sim.Time(ms) * sim.Millisecond
			return nil
		}
		columns := []string{"HashOwner", "HashApp", "HashFunction", "Average"}
		if i == 1 {
			columns = []string{"HashOwner", "HashApp", "AverageAllocatedMb"}
			read = func(t *table) error {
				mb, ok := float(t.out[2])
				if !ok || mb < 0 {
					return fmt.Errorf("memory %s is no number of MB from 0 on", shown(t.out[2]))
				}
				memory[app{string(t.out[0]), string(t.out[1])}] = mb
				return nil
			}
		}
		if err := readTable(path, columns, read); err != nil {
			return nil, nil, err
		}
	}
	return durations, memory, nil
}

// beside returns path, or path with another compression, if it is there; else "".
func beside(path string) string {
	plain := strings.TrimSuffix(strings.TrimSuffix(path, ".gz"), ".zst")
	for _, p := range []string{path, plain, plain + ".gz", plain + ".zst"} {
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
			return p
		}
	}
	return ""
}

// readTable calls each for every line with the columns in its slots.
func readTable(path string, columns []string, each func(*table) error) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return readTableFrom(file, path, columns, each)
}

func readTableFrom(in io.Reader, name string, columns []string, each func(*table) error) (err error) {
	plain, closer, err := decompress(in)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if closer != nil {
		defer func() { err = errors.Join(err, closer.Close()) }()
	}
	l := newLines(plain, name)
	header, err := l.next()
	if err == io.EOF {
		return fmt.Errorf("%s: the file is empty", name)
	}
	if err != nil {
		return err
	}
	t, err := newTable(bytes.TrimPrefix(header, []byte("\ufeff")))
	if err == nil {
		err = t.want(columns...)
	}
	if err != nil {
		return &LineError{name, l.number, err.Error()}
	}
	for {
		line, err := l.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err = t.split(line); err == nil {
			err = each(t)
		}
		if err != nil {
			return &LineError{name, l.number, err.Error()}
		}
	}
}
