//go:build ignore

// This program makes the pictures of the documents: it runs the first scenario
// and takes pictures of its report, light, dark, on a phone and on paper. It
// needs chromium, pdftoppm (poppler-utils) and pngquant, all Debian packages.
//
//	go run docs/pictures/make.go [DIRECTORY]
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// picture is one picture of a page.
type picture struct {
	name, scheme  string
	width, height int64 // of the window, px
	from          int   // px from the top of the page
}

var pictures = []picture{
	{"report.png", "light", 1100, 1500, 0},
	{"report-dark.png", "dark", 1100, 1500, 0},
	{"report-cost.png", "light", 1100, 1500, -1},
	{"report-phone.png", "light", 400, 1500, 0},
}

// most is the size of one picture that the repository bears, bytes.
const most = 300_000

func main() {
	into := "docs/pictures"
	if len(os.Args) > 1 {
		into = os.Args[1]
	}
	if err := run(into); err != nil {
		log.Fatal(err)
	}
}

func run(into string) error {
	work, err := os.MkdirTemp("", "pictures")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	report := filepath.Join(work, "first.html")
	// Exit code 3 says that the scenario misses a target, as it is meant to.
	out, err := exec.Command("go", "run", "./cmd/berth", "run", "first", "--quiet", "--report", report).CombinedOutput()
	if _, statErr := os.Stat(report); statErr != nil {
		return fmt.Errorf("%w: %s", errors.Join(err, statErr), out)
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		return err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	for _, p := range pictures {
		if err := p.take(ctx, "file://"+report, filepath.Join(into, p.name)); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return paper(ctx, work, filepath.Join(into, "report-paper.png"))
}

// take saves a part of the page as a picture.
func (p picture) take(ctx context.Context, url, into string) error {
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: p.width, Height: p.height, DeviceScaleFactor: 1, Mobile: p.width < 500}); err != nil {
		return err
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: p.scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		return err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		return err
	}
	if p.from < 0 { // the section about money
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.scrollTo(0, document.getElementById("how-much").getBoundingClientRect().top + scrollY - 16); true`)); err != nil {
			return err
		}
	}
	shot, err := chromedp.Call(ctx, cdppage.CaptureScreenshot, cdppage.CaptureScreenshotParams{Format: "png"})
	if err != nil {
		return err
	}
	return small(shot.Data, into)
}

// paper prints the page and saves its first sheet as a picture.
func paper(ctx context.Context, work, into string) error {
	yes := true
	printed, err := chromedp.Call(ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{PrintBackground: &yes, PreferCSSPageSize: &yes})
	if err != nil {
		return err
	}
	pdf := filepath.Join(work, "report.pdf")
	if err := os.WriteFile(pdf, printed.Data, 0o666); err != nil {
		return err
	}
	if out, err := exec.Command("pdftoppm", "-r", "80", "-f", "1", "-l", "2", "-png", pdf, filepath.Join(work, "sheet")).CombinedOutput(); err != nil {
		return fmt.Errorf("pdftoppm: %w: %s", err, out)
	}
	sheets, err := filepath.Glob(filepath.Join(work, "sheet*.png"))
	if err != nil || len(sheets) == 0 {
		return errors.Join(err, errors.New("no sheet was made"))
	}
	b, err := os.ReadFile(sheets[0])
	if err != nil {
		return err
	}
	return small(b, into)
}

// small writes a picture with at most 256 colours.
func small(png []byte, into string) error {
	raw := into + ".raw"
	defer os.Remove(raw)
	if err := os.WriteFile(raw, png, 0o666); err != nil {
		return err
	}
	if out, err := exec.Command("pngquant", "--force", "--strip", "--output", into, "128", raw).CombinedOutput(); err != nil {
		return fmt.Errorf("pngquant: %w: %s", err, out)
	}
	info, err := os.Stat(into)
	if err != nil {
		return err
	}
	if info.Size() > most {
		return fmt.Errorf("%d bytes, at most %d are wanted", info.Size(), most)
	}
	fmt.Println(into, info.Size(), "bytes")
	return nil
}
