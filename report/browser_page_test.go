package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"berth/report/internal/resulttest"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pages are all kinds of pages that this package writes from the test results.
func pages(t *testing.T) map[string]func(io.Writer) error {
	t.Helper()
	r := resulttest.New()
	return map[string]func(io.Writer) error{"report": func(w io.Writer) error { return HTML(w, r) }, "compare": NewComparison(comparison(t, "plain")).HTML,
		"sweep-1": NewSweep(sweepOf(6)).HTML, "sweep-2": NewSweep(sweepOf(4, 3)).HTML}
}

// faint lists texts whose contrast with what is behind them is below 4.5 to 1, or
// 3 to 1 where they are large: the limits of the Web Content Accessibility
// Guidelines, computed as they say.
const faint = `(() => {
	const rgb = s => (s.match(/[\d.]+/g) || []).map(Number);
	const lum = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c; } return [255, 255, 255]; };
	const out = [];
	let seen = 0;
	document.querySelectorAll("body *").forEach(e => {
		const own = Array.from(e.childNodes).some(n => n.nodeType === 3 && n.textContent.trim());
		if (!own || ["SCRIPT", "STYLE"].includes(e.tagName) || e.getClientRects().length === 0) return;
		const style = getComputedStyle(e), color = rgb(e instanceof SVGElement ? style.fill : style.color);
		if (color.length < 3) return;
		seen++;
		const a = lum(color), b = lum(behind(e)), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		const large = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 600;
		if (ratio < (large ? 3 : 4.5)) out.push(ratio.toFixed(2) + " " + e.textContent.trim().slice(0, 40));
	});
	return {seen: seen, out: out};
})()`

// TestTextsAreLegible computes the contrast of every text of every page, charts
// included, in the light and in the dark.
func TestTextsAreLegible(t *testing.T) {
	ctx := browser(t)
	for name, write := range pages(t) {
		for _, scheme := range []string{"light", "dark"} {
			openPage(t, ctx, write, 1280, scheme).quiet(t)
			found := evaluate[struct {
				Seen int      `json:"seen"`
				Out  []string `json:"out"`
			}](t, ctx, faint)
			if len(found.Out) > 0 || found.Seen < 100 {
				t.Errorf("%s, %s: of %d texts these are faint: %q", name, scheme, found.Seen, found.Out)
			}
		}
	}
}

// TestTablesOfThePageEqualTheJSON reads the tables as they stand on the page and
// compares them with what the JSON file says.
func TestTablesOfThePageEqualTheJSON(t *testing.T) {
	ctx := browser(t)
	r := resulttest.New()
	open(t, ctx, r, 1280, "light").quiet(t)
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	var d Document
	if err := json.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	cells := func(selector string) [][]string {
		script := fmt.Sprintf(`Array.from(document.querySelectorAll(%q)).map(tr => Array.from(tr.cells).map(c => c.textContent))`, selector+" tbody tr")
		return evaluate[[][]string](t, ctx, script)
	}
	want := map[string][][]string{}
	for _, l := range d.Bill.Lines {
		if decimal(l.Gross) != 0 {
			want["#table-bill"] = append(want["#table-bill"], []string{l.Label, "6", grouped(decimal(l.AmountUSD), 2)})
		}
	}
	for _, x := range d.Types {
		bill := dash
		if x.TotalUSD.Known() {
			bill = grouped(float64(x.TotalUSD), 2)
		}
		want["#table-types"] = append(want["#table-types"], []string{x.App, "5", bill})
	}
	for _, h := range d.byNearness() {
		want["#table-headroom"] = append(want["#table-headroom"], []string{h.Limit, "4", Share(h.Share)})
	}
	for _, p := range d.All.Places {
		want["figure:has([data-chart=map])"] = append(want["figure:has([data-chart=map])"], []string{p.title(), "3", Count(p.PerMonth)})
	}
	for _, x := range d.Bill.Regions {
		if x.Region != "" {
			want["figure:has([data-chart=waterfall-region])"] = append(want["figure:has([data-chart=waterfall-region])"], []string{regionName(x.Region), "5", grouped(decimal(x.AmountUSD), 2)})
		}
	}
	for _, x := range d.Replications {
		want["#table-runs"] = append(want["#table-runs"], []string{fmt.Sprint(x.Number + 1), "7", Cents(x.BillUSD)})
	}
	for selector, rows := range want {
		got := cells(selector)
		if len(got) < len(rows) {
			t.Errorf("%s has %d rows, want %d", selector, len(got), len(rows))
			continue
		}
		for i, w := range rows {
			var column int
			fmt.Sscan(w[1], &column)
			if got[i][0] != fit(w[0], maxCell) || got[i][column] != w[2] {
				t.Errorf("%s, row %d is %q, want %s with %s", selector, i, got[i], w[0], w[2])
			}
		}
	}
	if len(want) != 6 {
		t.Errorf("%d tables were compared", len(want))
	}
}

// TestMapShowsClientsAndDistances: every place of the JSON is a circle in the
// series of its distance.
func TestMapShowsClientsAndDistances(t *testing.T) {
	ctx := browser(t)
	open(t, ctx, resulttest.New(), 400, "light").quiet(t)
	got := evaluate[map[string]int](t, ctx, `Object.fromEntries(echarts.getInstanceByDom(document.querySelector("[data-chart=map]")).getOption().series.map(s => [s.name, s.data.length]))`)
	places, serving := 0, 0
	for name, n := range got {
		if strings.Contains(name, "km") || name == "farther away" {
			places += n
		}
	}
	d := New(resulttest.New())
	for _, p := range d.All.Pops {
		if p.Served > 0 && p.Lat.Known() {
			serving++
		}
	}
	if places != len(d.All.Places) || places < 8 || got["serving"] != serving {
		t.Errorf("the map has %v; want %d places and %d serving", got, len(d.All.Places), serving)
	}
}

// TestPageIsDrawnQuickly says how long a page of a month with three apps takes
// until its charts are drawn. A slow machine is no fault, so there is no limit.
func TestPageIsDrawnQuickly(t *testing.T) {
	ctx := browser(t)
	open(t, ctx, resulttest.New(), 1280, "light").quiet(t)
	took := evaluate[float64](t, ctx, `performance.getEntriesByType("mark").filter(m => m.name === "drawn")[0].startTime`)
	if !(took > 0) {
		t.Fatalf("drawn after %v ms", took)
	}
	t.Logf("a month of three apps is drawn %.0f ms after the navigation began, in a page of %d kB", took, len(rendered(t))/1000)
}

// TestPaperHoldsEverySection prints a page and reads the text of the paper.
func TestPaperHoldsEverySection(t *testing.T) {
	ctx := browser(t)
	reader, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("no pdftotext to read the paper: install poppler-utils")
	}
	for name, write := range pages(t) {
		openPage(t, ctx, write, 1280, "dark").quiet(t)
		want := evaluate[[]string](t, ctx, `Array.from(document.querySelectorAll("h1, h2, .lead, figcaption, h3")).filter(e => !e.closest(".fold")).map(e => e.textContent)`)
		yes := true
		printed, err := chromedp.Call(ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
		must(t, err)
		path := filepath.Join(t.TempDir(), "page.pdf")
		if err := os.WriteFile(path, printed.Data, 0o666); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(reader, "-layout", path, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		// Lines break elsewhere on paper, columns stand side by side: compare words.
		paper := squeezed(string(out))
		for _, text := range want {
			for _, words := range chunks(text) {
				if !strings.Contains(paper, squeezed(words)) {
					t.Errorf("%s: the paper lacks %q of %q", name, words, text)
				}
			}
		}
		if len(want) < 4 {
			t.Errorf("%s: only %q were looked for", name, want)
		}
	}
}

// chunks cuts a text into pieces of two words.
func chunks(s string) []string {
	words := strings.Fields(s)
	var out []string
	for i := 0; i < len(words); i += 2 {
		out = append(out, strings.Join(words[i:min(i+2, len(words))], " "))
	}
	return out
}

// squeezed is s without white space and hyphens, which lines may end with.
func squeezed(s string) string {
	return strings.NewReplacer(" ", "", "\n", "", "\f", "", "\u00a0", "", "-", "").Replace(s)
}

// TestChartsFitThePaper: no drawing is wider than its column when printed.
func TestChartsFitThePaper(t *testing.T) {
	ctx := browser(t)
	for name, write := range pages(t) {
		openPage(t, ctx, write, 1280, "light").quiet(t)
		widest := evaluate[float64](t, ctx, `(() => { window.dispatchEvent(new Event("beforeprint"));
			const most = Math.max(...Array.from(document.querySelectorAll("[data-chart] svg")).map(s => s.getBoundingClientRect().width));
			window.dispatchEvent(new Event("afterprint")); return most; })()`)
		if widest > 688 || widest < 300 { // A4 less its margins of 14 mm, at 96 px an inch
			t.Errorf("%s: the widest chart takes %v px of the paper", name, widest)
		}
	}
}

// TestKeyboardReachesEverything: links, folds and scrolling tables take the focus,
// and each chart tells its words to a screen reader.
func TestKeyboardReachesEverything(t *testing.T) {
	ctx := browser(t)
	open(t, ctx, resulttest.New(), 400, "light").quiet(t)
	if n := number(t, ctx, `Array.from(document.querySelectorAll(".scroll")).filter(e => e.tabIndex !== 0 || !e.getAttribute("aria-label")).length`); n != 0 {
		t.Errorf("%d tables cannot be scrolled by keys", n)
	}
	if n := number(t, ctx, `Array.from(document.querySelectorAll("[data-chart]")).filter(e => e.getAttribute("role") !== "img" || (e.getAttribute("aria-label") || "").length < 20).length`); n != 0 {
		t.Errorf("%d charts have no words", n)
	}
	if n := number(t, ctx, `Array.from(document.querySelectorAll("nav a")).filter(a => !document.querySelector(a.getAttribute("href"))).length`); n != 0 {
		t.Errorf("%d links lead nowhere", n)
	}
}
