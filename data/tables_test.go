package data

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"berth/data/internal/gen"
)

func TestTablesMatchReference(t *testing.T) {
	ref := os.Getenv("BERTH_REFERENCE")
	if ref == "" {
		t.Skip("BERTH_REFERENCE is not set: the raw files are needed to regenerate the tables")
	}
	files, err := gen.Build(filepath.Join(ref, "data"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := tableFiles.ReadFile("tables/" + name)
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("tables/%s is stale: run go generate ./data", name)
		}
	}
}

func TestEveryTableNamesItsSource(t *testing.T) {
	entries, err := tableFiles.ReadDir("tables")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := os.ReadFile("SOURCES.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := tableFiles.ReadFile("tables/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(b, []byte("# ")) {
			t.Errorf("%s has no comment that names its source", e.Name())
		}
		if !bytes.Contains(sources, []byte(e.Name())) {
			t.Errorf("SOURCES.md does not mention %s", e.Name())
		}
	}
}

func TestPops(t *testing.T) {
	countries := map[string]bool{}
	for _, c := range Countries() {
		countries[c.ISO2] = true
	}
	seen := map[string]bool{}
	global, hosts := 0, 0
	for _, p := range Pops() {
		if seen[p.IATA] || !countries[p.Country] || len(p.IATA) != 3 {
			t.Errorf("bad PoP %+v", p)
		}
		seen[p.IATA] = true
		if !p.China {
			global++
		}
		if p.DOHost {
			hosts++
		}
	}
	if len(seen) != 339 || global != 309 || hosts != 32 {
		t.Errorf("%d PoPs, %d global, %d object hosts; want 339, 309, 32", len(seen), global, hosts)
	}
	for _, l := range DOLocations() {
		if !seen[l.IATA] {
			t.Errorf("object location %s is no PoP", l.IATA)
		}
	}
	for _, s := range PopStatuses() {
		if !seen[s.IATA] || s.Operational+s.Rerouted+s.Maintenance > 1.0002 {
			t.Errorf("bad status %+v", s)
		}
	}
}

func TestCitiesCoverTheWorldsInternetUsers(t *testing.T) {
	byCountry := map[string]int64{}
	var total int64
	for _, c := range Cities() {
		byCountry[c.Country] += c.InternetUsers
		total += c.InternetUsers
		loc, err := time.LoadLocation(c.TZ)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		jan, jul := offsetH(loc, time.January), offsetH(loc, time.July)
		if jan != c.UTCOffsetH && jul != c.UTCOffsetH {
			t.Errorf("%s %s: table says UTC%+g, the zone database UTC%+g and %+g", c.Name, c.TZ, c.UTCOffsetH, jan, jul)
		}
	}
	if total < 5_300_000_000 || total > 5_400_000_000 {
		t.Errorf("internet users sum to %d", total)
	}
	for _, c := range Countries() {
		if got := byCountry[c.ISO2]; got != 0 && math.Abs(float64(got-c.InternetUsers)) > 0.001*float64(c.InternetUsers)+50 {
			t.Errorf("%s: cities hold %d users, the country %d", c.ISO2, got, c.InternetUsers)
		}
	}
}

func offsetH(loc *time.Location, m time.Month) float64 {
	_, s := time.Date(2026, m, 1, 0, 0, 0, 0, loc).Zone()
	return float64(s) / 3600
}

func TestDOPlacementSumsToOne(t *testing.T) {
	hosts := map[string]bool{}
	for _, l := range DOLocations() {
		hosts[l.IATA] = true
	}
	sum := map[string]float64{}
	for _, p := range DOPlacement() {
		if !hosts[p.Object] {
			t.Errorf("%s is not an object location", p.Object)
		}
		sum[p.Worker] += p.Likelihood
	}
	if len(sum) != 191 {
		t.Errorf("%d Worker PoPs, want 191", len(sum))
	}
	for w, s := range sum {
		if math.Abs(s-1) > 0.001 {
			t.Errorf("%s: likelihoods sum to %g", w, s)
		}
	}
}

func TestNetworkTables(t *testing.T) {
	sites := map[string]bool{}
	for _, s := range RTTSites() {
		sites[s.Name] = true
	}
	for _, r := range AzureRTTs() {
		if !sites[r.A] || !sites[r.B] || r.RTTms <= 0 {
			t.Errorf("bad round trip %+v", r)
		}
	}
	for _, s := range Stretch() {
		if s.A > s.B || s.Azure.N+s.Wonder.N == 0 {
			t.Errorf("bad stretch %+v", s)
		}
	}
}

func TestLoadersHandOutCopies(t *testing.T) {
	Pops()[0].IATA = "changed"
	if Pops()[0].IATA == "changed" {
		t.Error("a caller's change reached the table")
	}
}

func TestParseReportsEveryBadField(t *testing.T) {
	in := "# comment\niata,city,country,lat,lon,region,egress_region,china_network,do_host,net_region\n" +
		"XXX,,ZZ,91,nan,Moon,na_eu,0,2,eu\n"
	_, err := parsePops("p.csv", strings.NewReader(in))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"p.csv:3: column city", "column lat is \"91\"", "column lon is \"nan\"", "column region", "column do_host"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
}

// anyParser runs each parser on the same input and returns the number of rows it took.
var anyParser = []func(string, io.Reader) (int, error){
	counted(parsePops), counted(parseCities), counted(parseCountries), counted(parseStretch), counted(parseRTTSites), counted(parseRTTs),
	counted(parseDOLocations), counted(parseDOPlacement), counted(parsePopStatus),
}

func counted[T any](parse func(string, io.Reader) ([]T, error)) func(string, io.Reader) (int, error) {
	return func(name string, r io.Reader) (int, error) {
		rows, err := parse(name, r)
		return len(rows), err
	}
}

func FuzzTables(f *testing.F) {
	entries, err := tableFiles.ReadDir("tables")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		b, err := tableFiles.ReadFile("tables/" + e.Name())
		if err != nil {
			f.Fatal(err)
		}
		lines := bytes.SplitAfterN(b, []byte("\n"), 8)
		f.Add(bytes.Join(lines[:7], nil))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, parse := range anyParser {
			n, err := parse("in.csv", bytes.NewReader(in))
			if err != nil && n != 0 {
				t.Errorf("%d rows beside the error %v", n, err)
			}
		}
	})
}
