package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"berth/models/result"
	"berth/report/internal/resulttest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium is the browser that the tests share; each test has its own tab.
var chromium struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.cancel != nil {
		chromium.cancel()
	}
	os.Exit(code)
}

func startChromium() {
	path, err := exec.LookPath("chromium")
	if err != nil {
		chromium.err = err
		return
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(allocator)
	chromium.ctx, chromium.cancel = ctx, func() { cancel(); stop() }
	chromium.err = chromedp.Do(ctx, chromedp.Navigate("about:blank"))
}

// browser opens a tab for one test, or skips it.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("short tests open no browser")
	}
	chromium.once.Do(startChromium)
	if errors.Is(chromium.err, exec.ErrNotFound) {
		t.Skip("no chromium on this machine: the page was not opened in a browser")
	}
	must(t, chromium.err)
	ctx, cancel := chromedp.NewContext(chromium.ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// watch collects what a page must not do.
type watch struct {
	mu       sync.Mutex
	console  []string
	requests []string
}

func (w *watch) see(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		w.console = append(w.console, fmt.Sprintf("%s: %d values", ev.Type, len(ev.Args)))
	case *runtime.EventExceptionThrown:
		w.console = append(w.console, ev.ExceptionDetails.Text)
	case *cdplog.EventEntryAdded:
		w.console = append(w.console, ev.Entry.Text)
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(ev.Request.URL, "file:") && !strings.HasPrefix(ev.Request.URL, "data:") {
			w.requests = append(w.requests, ev.Request.URL)
		}
	case *cdppage.EventJavascriptDialogOpening:
		w.console = append(w.console, "dialog: "+ev.Message)
	}
}

// open writes a page and loads it at a width in a colour scheme.
func open(t *testing.T, ctx context.Context, r *result.Result, width int64, scheme string) *watch {
	t.Helper()
	return openPage(t, ctx, func(w io.Writer) error { return HTML(w, r) }, width, scheme)
}

// openPage does so with any page.
func openPage(t *testing.T, ctx context.Context, write func(io.Writer) error, width int64, scheme string) *watch {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	w := &watch{}
	must(t, chromedp.Listen(ctx, w.see))
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	must(t, err)
	_, err = chromedp.Call(ctx, cdplog.Enable, cdp.Empty{})
	must(t, err)
	_, err = chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 500})
	must(t, err)
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	must(t, err)
	must(t, chromedp.Do(ctx, chromedp.Navigate("file://"+path)))
	if n := evaluate[int](t, ctx, `Number(document.documentElement.getAttribute("data-drawn") || -1)`); n < 0 {
		t.Fatalf("the page's script did not finish; console: %v", w.console)
	}
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *watch) quiet(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.console) > 0 {
		t.Errorf("console: %v", w.console)
	}
	if len(w.requests) > 0 {
		t.Errorf("requests: %v", w.requests)
	}
}

// shoot saves a picture of the whole page where BERTH_SHOTS names a directory.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("BERTH_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	must(t, err)
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o666); err != nil {
		t.Fatal(err)
	}
}

const (
	// drawnCharts counts plots whose drawing holds several shapes.
	drawnCharts = `Array.from(document.querySelectorAll("[data-chart]")).filter(e => e.querySelectorAll("svg path").length > 3).length`
	allCharts   = `document.querySelectorAll("[data-chart]").length`
	overflow    = `document.documentElement.scrollWidth - window.innerWidth`
)

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	must(t, err)
	return v
}

func number(t *testing.T, ctx context.Context, script string) int {
	t.Helper()
	return evaluate[int](t, ctx, script)
}

func word(t *testing.T, ctx context.Context, script string) string {
	t.Helper()
	return evaluate[string](t, ctx, script)
}

func TestPageInABrowser(t *testing.T) {
	ctx := browser(t)
	r := resulttest.New()
	for _, c := range []struct {
		width  int64
		scheme string
	}{{1280, "light"}, {1280, "dark"}, {400, "light"}, {400, "dark"}} {
		t.Run(fmt.Sprintf("%d-%s", c.width, c.scheme), func(t *testing.T) {
			w := open(t, ctx, r, c.width, c.scheme)
			shoot(t, ctx, fmt.Sprintf("report-%d-%s", c.width, c.scheme))
			if got, want := number(t, ctx, drawnCharts), number(t, ctx, allCharts); got != want || want < 10 {
				t.Errorf("%d of %d charts are drawn", got, want)
			}
			if over := number(t, ctx, overflow); over > 0 {
				t.Errorf("the page is %d px wider than the window", over)
			}
			dark := word(t, ctx, `getComputedStyle(document.body).backgroundColor`) == "rgb(18, 22, 27)"
			if dark != (c.scheme == "dark") {
				t.Errorf("dark background: %v", dark)
			}
			w.quiet(t)
		})
	}
}

// TestMapShowsTheStarts compares the points of the map with the document.
func TestMapShowsTheStarts(t *testing.T) {
	ctx := browser(t)
	r := resulttest.New()
	open(t, ctx, r, 1280, "light").quiet(t)
	starts := 0
	for _, p := range New(r).All.Pops {
		if p.Starts > 0 && p.Lat.Known() {
			starts++
		}
	}
	got := number(t, ctx, `echarts.getInstanceByDom(document.querySelector("[data-chart=map]")).getOption().series.find(s => s.name === "starts").data.length`)
	if got != starts || starts == 0 {
		t.Errorf("%d starting places on the map, want %d", got, starts)
	}
}

// TestTheTableShowsWhatTheDocumentHolds reads the page as a reader does.
func TestTheTableShowsWhatTheDocumentHolds(t *testing.T) {
	ctx := browser(t)
	r := resulttest.New()
	open(t, ctx, r, 1280, "light").quiet(t)
	d := New(r)
	script := `Array.from(document.querySelectorAll("#table-regions tbody tr")).map(tr => Array.from(tr.cells).map(c => c.textContent))`
	cells := evaluate[[][]string](t, ctx, script)
	if len(cells) != len(d.All.Regions) {
		t.Fatalf("%d regions, want %d", len(cells), len(d.All.Regions))
	}
	for i, region := range d.All.Regions {
		if cells[i][0] != region.Region || cells[i][1] != Count(region.PerMonth) {
			t.Errorf("row %d is %v, want %s with %v requests a month", i, cells[i], region.Region, region.PerMonth)
		}
	}
}

func TestHostileNamesInABrowser(t *testing.T) {
	ctx := browser(t)
	for name, text := range map[string]string{"hostile": resulttest.Hostile, "long": strings.Repeat("a|", 5000)} {
		t.Run(name, func(t *testing.T) {
			r := resulttest.New()
			resulttest.Poison(r, text)
			w := open(t, ctx, r, 400, "light")
			shoot(t, ctx, "report-400-"+name)
			// Tooltips are where a name could become HTML: show one in each chart.
			hover := `document.querySelectorAll("[data-chart]").forEach(e => { const c = echarts.getInstanceByDom(e); c.dispatchAction({type: "showTip", seriesIndex: 0, dataIndex: 0}); });
				document.querySelectorAll("details").forEach(d => d.open = true)`
			evaluate[bool](t, ctx, hover+"; true")
			must(t, chromedp.Do(ctx, chromedp.Sleep(300*time.Millisecond)))
			if title := word(t, ctx, `document.title`); strings.Contains(title, "owned") && !strings.Contains(title, "script") {
				t.Errorf("a name was executed: title %q", title)
			}
			if n := number(t, ctx, `document.querySelectorAll("script").length - document.querySelectorAll("[data-chart]").length`); n != 3 {
				t.Errorf("%d scripts beside the charts' options, want 3", n)
			}
			if n := number(t, ctx, `document.querySelectorAll("img, iframe, object, embed, link").length`); n != 0 {
				t.Errorf("%d foreign elements", n)
			}
			if over := number(t, ctx, overflow); over > 0 {
				t.Errorf("the page is %d px wider than the window", over)
			}
			w.quiet(t)
		})
	}
}

func TestEmptyResultInABrowser(t *testing.T) {
	ctx := browser(t)
	open(t, ctx, resulttest.Empty(), 1280, "light").quiet(t)
}

func TestPrintHasAllSections(t *testing.T) {
	ctx := browser(t)
	w := open(t, ctx, resulttest.New(), 1280, "dark")
	yes := true
	printed, err := chromedp.Call(ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
	must(t, err)
	pdf := printed.Data
	w.quiet(t)
	if dir := os.Getenv("BERTH_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "report.pdf"), pdf, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if pages := bytes.Count(pdf, []byte("/Type /Page\n")); pages < 4 || pages > 30 {
		t.Errorf("%d pages", pages)
	}
	// The redraw for paper is undone afterwards.
	if class := word(t, ctx, `document.documentElement.className`); class != "" {
		t.Errorf("class %q is left after printing", class)
	}
}

func TestComparisonAndSweepsInABrowser(t *testing.T) {
	ctx := browser(t)
	for name, write := range map[string]func(io.Writer) error{"compare": NewComparison(comparison(t, "</script><img src=x>")).HTML,
		"sweep-1": NewSweep(sweepOf(6)).HTML, "sweep-2": NewSweep(sweepOf(4, 3)).HTML, "sweep-3": NewSweep(sweepOf(3, 3, 2)).HTML,
		"sensitivity": NewSensitivity(studied()).HTML, "plan": NewPlan(found()).HTML, "capacity": NewCapacity(carried()).HTML} {
		for _, width := range []int64{1280, 400} {
			w := openPage(t, ctx, write, width, "dark")
			shoot(t, ctx, fmt.Sprintf("%s-%d", name, width))
			if got, want := number(t, ctx, drawnCharts), number(t, ctx, allCharts); got != want || want < 2 {
				t.Errorf("%s at %d: %d of %d charts are drawn", name, width, got, want)
			}
			if over := number(t, ctx, overflow); over > 0 {
				t.Errorf("%s is %d wider than its %d", name, over, width)
			}
			w.quiet(t)
		}
	}
}
