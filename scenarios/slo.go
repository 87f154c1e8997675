package scenarios

import (
	"errors"
	"fmt"

	"berth/models/edge"
	"berth/models/result"
)

// parseSLO reads a target line such as "p99(latency) < 3 s" or, for one app,
// "web: errors < 1%".
func parseSLO(line string) (any, error) {
	if why := badText(line, 300); why != "" {
		return nil, errors.New(why)
	}
	t, err := result.ParseTarget(line)
	if err != nil {
		return nil, err
	}
	return edge.SLO{Text: t.Text, App: t.App, Metric: t.Metric, Op: t.Op, Threshold: t.Threshold}, nil
}

func (b *builder) slos() {
	for _, item := range itemsOf(b.root.at("slo")) {
		s := get[edge.SLO](item)
		if s.App != "" && b.root.at("apps", s.App) == nil {
			var names []string
			for _, k := range b.apps() {
				names = append(names, k.key)
			}
			hint := "the apps are " + joinSome(names, 12)
			if near := nearest(s.App, names); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			b.fail(item, hint, "there is no app %q", clip(s.App))
		}
		b.cfg.SLO = append(b.cfg.SLO, s)
	}
}
