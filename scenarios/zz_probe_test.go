package scenarios

import (
	"fmt"
	"os"
	"testing"
)

func TestProbe(t *testing.T) {
	name, src, err := Find(os.Getenv("SC"))
	if err != nil {
		t.Skip(err)
	}
	cfg, ps := Load(name, src, Options{})
	fmt.Println(ps.Error())
	if cfg == nil {
		return
	}
	fmt.Println(cfg.Text)
	for _, o := range cfg.Origins {
		fmt.Printf("%-45s %-40s %-20s %s %s\n", o.Path, o.Value, o.From, o.Grade, o.Source)
	}
	fmt.Println("---")
	for _, o := range cfg.Assumptions {
		fmt.Printf("%-35s %-20s %s %s | %s\n", o.Path, o.Value, o.Grade, o.Source, o.Text)
	}
}
