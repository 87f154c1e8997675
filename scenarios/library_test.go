package scenarios

import (
	"reflect"
	"strings"
	"testing"

	"berth/models/edge"
)

// sameMeaning clears what says where values come from.
func sameMeaning(c edge.Config) edge.Config {
	c.Origins, c.Assumptions, c.Warnings, c.Text = nil, nil, nil, ""
	return c
}

func TestLibraryLoads(t *testing.T) {
	for _, e := range Library() {
		t.Run(e.Name, func(t *testing.T) {
			cfg, ps := Load(e.Name+".yaml", e.Source, Options{})
			for _, p := range ps.Errors() {
				t.Error(p.Error())
			}
			if cfg == nil {
				return
			}
			if !strings.HasSuffix(e.Question, "?") {
				t.Errorf("the header asks no question: %q", e.Question)
			}
			again, ps := Load("resolved.yaml", []byte(cfg.Text), Options{})
			if again == nil {
				t.Fatalf("the resolved text does not load:\n%v\n%s", ps, cfg.Text)
			}
			if a, b := sameMeaning(*cfg), sameMeaning(*again); !reflect.DeepEqual(a, b) {
				t.Errorf("the resolved text means something else:\n%+v\n%+v", a, b)
			}
			if again.Text != cfg.Text {
				t.Errorf("the resolved text is not stable:\n%s\n%s", cfg.Text, again.Text)
			}
			if a, b := len(cfg.Assumptions), len(again.Assumptions); a != b {
				t.Errorf("%d assumptions, %d after reading the resolved text", a, b)
			}
		})
	}
}
