package main

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"berth/data/strict"
	"berth/models/edge"
	"berth/models/result"
	"berth/sim/rng"
)

// requestLog writes one line a request: CSV with a header, or JSON lines. Which
// requests a sample holds depends on the seed and their number alone.
type requestLog struct {
	out    *pending
	json   bool
	model  *edge.Model
	apps   []string
	sample float64
	draw   rng.Stream
	err    error
}

// logColumns are the columns of a request log. Times are seconds.
var logColumns = []string{"sent_s", "app", "entry", "status", "cause", "latency_s", "client_worker_s", "worker_do_s", "do_container_s",
	"start_s", "queue_s", "service_s", "worker", "do", "container", "id", "cold", "retry", "bytes", "place"}

// logDraw is the purpose of the sampling stream.
const logDraw = 0x6c6f67

func newRequestLog(path string, model *edge.Model, cfg *edge.Config, sample float64) (*requestLog, error) {
	ext := strings.ToLower(filepath.Ext(path))
	if ext != ".csv" && ext != ".ndjson" {
		hint := strict.Suggest(ext, []string{".csv", ".ndjson"})
		if hint == "" {
			hint = ".csv or .ndjson"
		}
		return nil, usage("--log %s: the name must end in %s", path, hint)
	}
	out, err := create(path)
	if err != nil {
		return nil, err
	}
	l := &requestLog{out: out, json: ext == ".ndjson", model: model, sample: sample, draw: rng.Derive(cfg.Seed, logDraw)}
	for i := range cfg.Apps {
		l.apps = append(l.apps, cfg.Apps[i].Name)
	}
	if !l.json {
		_, l.err = out.WriteString(strings.Join(logColumns, ",") + "\n")
	}
	return l, nil
}

// Request implements edge.RequestLog.
func (l *requestLog) Request(r edge.LoggedRequest) {
	if l.sample < 1 && l.draw.Float64() >= l.sample {
		return
	}
	cells := l.cells(r)
	line := ""
	if l.json {
		line = jsonLine(cells)
	} else {
		line = csvLine(cells)
	}
	if _, err := l.out.WriteString(line + "\n"); err != nil && l.err == nil {
		l.err = err
	}
}

func (l *requestLog) cells(r edge.LoggedRequest) []string {
	status, cause := 200, ""
	if r.Failed {
		status, cause = result.CauseStatus[r.Cause], result.CauseNames[r.Cause]
	}
	cells := []string{seconds(int64(r.Sent)), l.apps[r.App], strconv.Itoa(r.Entry), strconv.Itoa(status), cause}
	if r.Failed {
		cells = append(cells, "", "", "", "", "", "", "")
	} else {
		cells = append(cells, seconds(int64(r.Latency)))
		for _, p := range r.Parts {
			cells = append(cells, seconds(int64(p)))
		}
	}
	return append(cells, l.pop(r.Worker), l.pop(r.DO), l.pop(r.Container), strconv.Itoa(int(r.ID)), strconv.FormatBool(r.Cold),
		strconv.Itoa(r.Retry), strconv.FormatInt(r.Bytes, 10), l.model.PlaceName(r.Place))
}

func (l *requestLog) pop(p int16) string {
	if p < 0 || int(p) >= len(l.model.World.PoPs) {
		return ""
	}
	return l.model.World.PoPs[p].IATA
}

// seconds writes ns exactly, as decimal seconds.
func seconds(ns int64) string {
	sign := ""
	if ns < 0 {
		sign, ns = "-", -ns
	}
	s := strconv.FormatInt(ns/1e9, 10)
	frac := strconv.FormatInt(ns%1e9, 10)
	frac = strings.TrimRight(strings.Repeat("0", 9-len(frac))+frac, "0")
	if frac == "" {
		return sign + s
	}
	return sign + s + "." + frac
}

// csvLine quotes cells where needed; a leading = + - @ of a name gets a quote
// mark so that spreadsheets do not run it.
func csvLine(cells []string) string {
	for i, c := range cells {
		if c != "" && strings.ContainsRune("=+-@", rune(c[0])) && !isNumber(c) {
			c = "'" + c
		}
		if strings.ContainsAny(c, ",\"\n\r") {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		cells[i] = c
	}
	return strings.Join(cells, ",")
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// jsonLine writes the cells as an object; numbers and truth values stay bare,
// empty cells are left out.
func jsonLine(cells []string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, c := range cells {
		if c == "" {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(logColumns[i]) + ":")
		if name := logColumns[i]; name != "app" && name != "place" && (c == "true" || c == "false" || unicode.IsDigit(rune(c[0])) || c[0] == '-') {
			b.WriteString(c)
			continue
		}
		text, err := json.Marshal(c)
		if err != nil {
			text = []byte(`""`)
		}
		b.Write(text)
	}
	b.WriteByte('}')
	return b.String()
}

func (l *requestLog) commit() error {
	if l.err != nil {
		l.out.Discard()
		return &exitError{codeInternal, l.err}
	}
	return l.out.Commit()
}

func (l *requestLog) discard() { l.out.Discard() }
