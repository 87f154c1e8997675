package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

var started = time.Now()

// Machine is where and when a measurement was made.
type Machine struct {
	Date string `json:"date"` // UTC
	CPU  string `json:"cpu"`
	// Cores is the number of processors; the measurement uses one.
	Cores int     `json:"cores"`
	OS    string  `json:"os"`
	Arch  string  `json:"arch"`
	Go    string  `json:"go"`
	Load  float64 `json:"load"` // runnable tasks over the last minute, this one included; -1 unknown
}

// ThisMachine describes the machine at hand.
func ThisMachine() Machine {
	return Machine{Date: time.Now().UTC().Format("2006-01-02 15:04"), CPU: processor(), Cores: runtime.NumCPU(),
		OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(), Load: load()}
}

// String is one line.
func (m Machine) String() string {
	s := fmt.Sprintf("%s UTC, %s, %d processors (one used), %s/%s, %s", m.Date, m.CPU, m.Cores, m.OS, m.Arch, m.Go)
	if m.Load >= 0 {
		s += fmt.Sprintf(", load %.2g", m.Load)
	}
	return s
}

func processor() string {
	if name, ok := fieldOf("/proc/cpuinfo", "model name"); ok {
		return name
	}
	return runtime.GOARCH
}

func load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return -1
	}
	first, _, _ := strings.Cut(string(text), " ")
	x, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return -1
	}
	return x
}

// fieldOf reads the first "name : value" line of a file.
func fieldOf(path, name string) (string, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", false
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if k, v, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v), true
		}
	}
	return "", false
}

// resetPeakMemory makes the system forget the largest resident set so far,
// where it can (Linux).
func resetPeakMemory() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200)
}

// peakMemory is the largest resident set since resetPeakMemory in bytes, or
// where the system does not tell, what the Go runtime has taken from it.
func peakMemory() int64 {
	if text, ok := fieldOf("/proc/self/status", "VmHWM"); ok {
		if kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(text, "kB")), 10, 64); err == nil {
			return kb << 10
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys - m.HeapReleased)
}
