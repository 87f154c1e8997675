package report

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"berth/report/internal/resulttest"
)

func rendered(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, resulttest.New()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAssetsAreWhatTheirChecksumsSay(t *testing.T) {
	f, err := os.Open("assets/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); n++ {
		want, name, _ := strings.Cut(s.Text(), "  ")
		b, err := os.ReadFile(filepath.Join("assets", name))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s is not the file that was reviewed", name)
		}
	}
	if n != 2 {
		t.Errorf("%d checksums, want 2", n)
	}
}

func TestSameResultSamePage(t *testing.T) {
	if rendered(t) != rendered(t) {
		t.Error("two pages of one result differ")
	}
}

func TestPageIsSmallAndComplete(t *testing.T) {
	p := rendered(t)
	if len(p) >= 2_000_000 {
		t.Errorf("%d bytes", len(p))
	}
	for _, want := range []string{"Where it runs", "How long users wait", "When it happens", "How full it is", "How much it costs", "Why believe it", "Misses 1 of 3 targets", "Country outlines: Natural Earth"} {
		if !strings.Contains(p, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	body := strings.NewReplacer(libraryScript, "", bootScript, "", worldOutlines, "").Replace(p)
	for _, not := range []string{"src=", "@import", "url(", "__f__", "javascript:", "NaN", "ZgotmplZ"} {
		if strings.Contains(body, not) {
			t.Errorf("the page holds %q", not)
		}
	}
}

// TestPolicyAllowsJustThePagesScripts recomputes the hashes of what the page holds.
func TestPolicyAllowsJustThePagesScripts(t *testing.T) {
	p := rendered(t)
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(p)
	if policy == nil {
		t.Fatal("no policy")
	}
	rules := strings.NewReplacer("&#39;", "'", "&#43;", "+", "&#34;", `"`).Replace(policy[1])
	if !strings.HasPrefix(rules, "default-src 'none';") || strings.Contains(rules, "unsafe-eval") {
		t.Errorf("policy %s", rules)
	}
	scripts := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllStringSubmatch(p, -1)
	if len(scripts) != 2 {
		t.Fatalf("%d scripts", len(scripts))
	}
	for _, s := range scripts {
		if !strings.Contains(rules, "'"+scriptHash(s[1])+"'") {
			t.Errorf("a script of %d bytes is not allowed", len(s[1]))
		}
	}
	if n := strings.Count(rules, "sha256-"); n != 2 {
		t.Errorf("%d hashes", n)
	}
}

// TestOptionsAreData parses every block and looks for what could become code.
func TestOptionsAreData(t *testing.T) {
	r := resulttest.New()
	resulttest.Poison(r, resulttest.Hostile)
	var b bytes.Buffer
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s)<script type="application/json"[^>]*>(.*?)</script>`).FindAllStringSubmatch(b.String(), -1)
	if len(blocks) < 8 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for _, block := range blocks {
		var v any
		if err := json.Unmarshal([]byte(block[1]), &v); err != nil {
			t.Fatalf("%v in %.80s", err, block[1])
		}
		formatters(t, v)
	}
}

// formatters fails on a formatter that is not a name.
func formatters(t *testing.T, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if s, ok := x.(string); ok && (k == "formatter" || k == "valueFormatter") && !regexp.MustCompile(`^\$fmt:[a-zA-Z]+$`).MatchString(s) {
				t.Errorf("formatter %q", s)
			}
			formatters(t, x)
		}
	case []any:
		for _, x := range v {
			formatters(t, x)
		}
	}
}

func TestEveryChartHasItsNumbersAndItsWords(t *testing.T) {
	n := 0
	for _, s := range New(resulttest.New()).sections() {
		for _, b := range s.Blocks {
			if b.Chart == nil {
				continue
			}
			n++
			if b.Chart.Aria == "" || b.Chart.Height < 100 {
				t.Errorf("%s: aria %q, height %d", b.Chart.ID, b.Chart.Aria, b.Chart.Height)
			}
			if b.Chart.Table == nil || len(b.Chart.Table.Rows) == 0 {
				t.Errorf("%s has no table", b.Chart.ID)
			}
		}
	}
	if n < 10 {
		t.Errorf("%d charts", n)
	}
}
