package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The house rules, read from the sources themselves: which way imports point,
// no wall clock in the model, files of one idea, and a reason for every
// dependency.

const houseRoot = "../.."

// source is one parsed Go file.
type source struct {
	path  string // from the root, with slashes
	file  *ast.File
	lines int
	test  bool
}

// dir is the directory of the package.
func (s source) dir() string { return filepath.ToSlash(filepath.Dir(s.path)) }

func (s source) in(rooms ...string) bool {
	for _, r := range rooms {
		if s.path == r || strings.HasPrefix(s.path, r+"/") {
			return true
		}
	}
	return false
}

// visit calls f with every file of the project that is not generated output.
func visit(t *testing.T, f func(path string)) {
	t.Helper()
	err := filepath.WalkDir(houseRoot, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != houseRoot && (strings.HasPrefix(name, ".") && name != ".ci" || name == "node_modules") {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			rel, err := filepath.Rel(houseRoot, path)
			if err != nil {
				return err
			}
			f(filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sources(t *testing.T) []source {
	t.Helper()
	var list []source
	set := token.NewFileSet()
	visit(t, func(path string) {
		if !strings.HasSuffix(path, ".go") || strings.Contains(path, "/testdata/") {
			return
		}
		file, err := parser.ParseFile(set, filepath.Join(houseRoot, filepath.FromSlash(path)), nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		list = append(list, source{path, file, set.Position(file.FileEnd).Line - 1, strings.HasSuffix(path, "_test.go")})
	})
	if len(list) < 100 {
		t.Fatalf("only %d files were found: the test looks at the wrong place", len(list))
	}
	return list
}

func imports(s source) []string {
	var list []string
	for _, i := range s.file.Imports {
		list = append(list, strings.Trim(i.Path.Value, `"`))
	}
	return list
}

// arrows says what each room may import of the project, and whether it may
// import modules of others.
var arrows = []struct {
	room   string
	own    []string
	others []string // nil = any
}{
	{"sim", []string{"sim"}, []string{"gonum.org/v1/gonum"}},
	{"data", []string{"data"}, []string{"gopkg.in/yaml.v3"}},
	{"models", []string{"models", "sim", "data"}, nil},
	{"scenarios", []string{"scenarios", "models", "sim", "data"}, nil},
	{"report", []string{"report", "models", "sim", "data"}, nil},
	{"plan", []string{"plan", "scenarios", "models", "sim", "data"}, nil},
}

func TestImportsPointDown(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue // a test may look at its neighbours
		}
		for _, a := range arrows {
			if !s.in(a.room) {
				continue
			}
			for _, path := range imports(s) {
				if why := forbidden(path, a.own, a.others); why != "" {
					t.Errorf("%s imports %s: %s", s.path, path, why)
				}
			}
		}
	}
}

func forbidden(path string, own, others []string) string {
	under := func(list []string, prefix string) bool {
		return slices.ContainsFunc(list, func(r string) bool { return path == prefix+r || strings.HasPrefix(path, prefix+r+"/") })
	}
	switch first, _, _ := strings.Cut(path, "/"); {
	case first == "berth":
		if !under(own, "berth/") {
			return "arrows point down only"
		}
	case strings.Contains(first, ".") && others != nil:
		if !under(others, "") {
			return "the room is kept free of that dependency"
		}
	}
	return ""
}

// clockCalls are the functions of package time that read or wait for the wall
// clock.
var clockCalls = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// TestNoWallClockNorGlobalChance keeps runs repeatable: the model knows its own
// clock and its own streams only.
func TestNoWallClockNorGlobalChance(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || !s.in("sim", "models") {
			continue
		}
		for _, path := range imports(s) {
			if path == "math/rand" || path == "math/rand/v2" || path == "crypto/rand" {
				t.Errorf("%s imports %s: draw from berth/sim/rng", s.path, path)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clockCalls, sel.Sel.Name) {
				t.Errorf("%s uses time.%s: simulated time comes from the run", s.path, sel.Sel.Name)
			}
			return true
		})
	}
}

// maxLines is the length at which a file holds more than one idea.
const maxLines = 500

func TestFilesHoldOneIdea(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test && s.lines > maxLines {
			t.Errorf("%s has %d lines; split it (at most %d)", s.path, s.lines, maxLines)
		}
	}
}

func TestPackagesSayTheirPurpose(t *testing.T) {
	documented, seen := map[string]bool{}, map[string]string{}
	for _, s := range sources(t) {
		dir := s.dir()
		name := s.file.Name.Name
		if strings.Contains(dir, "/internal/gen") || s.test {
			continue
		}
		seen[dir] = s.path
		documented[dir] = documented[dir] || s.file.Doc != nil
		for _, vague := range []string{"util", "utils", "common", "helper", "helpers", "manager", "misc"} {
			if name == vague {
				t.Errorf("%s: package %s does not say what it is", s.path, name)
			}
		}
	}
	for dir := range seen {
		if !documented[dir] {
			t.Errorf("package %s has no sentence that says its purpose", dir)
		}
	}
}

// foreign are words that have no business in the project; they are put together
// here so that this file does not find itself.
var foreign = []string{"/wo" + "rk/", "/tm" + "p/team", "issues sh" + "ow", "proxy.go" + "lang.org", "registry.npm" + "js.org", "pypi" + ".org"}

func TestProjectSpeaksOfItself(t *testing.T) {
	number := regexp.MustCompile(`(?i)\bissue #?[0-9]+\b`)
	visit(t, func(path string) {
		switch filepath.Ext(path) {
		case ".go", ".md", ".yaml", ".yml", ".txt", ".txtar", ".sh", ".html", ".tmpl", ".css", ".json", "":
		default:
			return
		}
		if strings.HasSuffix(path, "package-lock.json") {
			return
		}
		text, err := os.ReadFile(filepath.Join(houseRoot, filepath.FromSlash(path)))
		if err != nil {
			t.Error(err)
			return
		}
		for _, word := range foreign {
			if strings.Contains(string(text), word) {
				t.Errorf("%s mentions %q", path, word)
			}
		}
		if found := number.Find(text); found != nil && !strings.HasPrefix(path, "data/") {
			t.Errorf("%s mentions %q", path, found)
		}
	})
}

// TestDependenciesHaveReasons holds docs/dependencies.md against the imports
// and versions.
func TestDependenciesHaveReasons(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(houseRoot, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\s*(\S+\.\S+/\S+|\S+\.\S+) (v\S+)`).FindAllStringSubmatch(string(mod), -1) {
		versions[m[1]] = m[2]
	}
	doc, err := os.ReadFile(filepath.Join(houseRoot, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\S+) \| (v\S+) \| (.+) \| (.+) \|$`).FindAllStringSubmatch(string(doc), -1) {
		reasons[m[1]] = m[4]
		if versions[m[1]] != m[2] {
			t.Errorf("docs/dependencies.md says %s %s, go.mod has %q", m[1], m[2], versions[m[1]])
		}
	}
	used := map[string]string{}
	for _, s := range sources(t) {
		for _, path := range imports(s) {
			best := ""
			for module := range versions {
				if (path == module || strings.HasPrefix(path, module+"/")) && len(module) > len(best) {
					best = module
				}
			}
			if best != "" {
				used[best] = s.path
			}
		}
	}
	for module, by := range used {
		if len(reasons[module]) < 20 {
			t.Errorf("%s, imported by %s, has no reason in docs/dependencies.md", module, by)
		}
	}
	for module := range reasons {
		if used[module] == "" {
			t.Errorf("docs/dependencies.md names %s, which nothing imports", module)
		}
	}
}
