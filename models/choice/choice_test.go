package choice

import (
	"slices"
	"testing"
)

type entry struct {
	name  string
	value int
}

func label(e entry) string { return e.name }

func TestFind(t *testing.T) {
	inside, outside := []entry{{"b", 1}, {"a", 2}}, []entry{{"c", 3}, {"a", 4}}
	for want, value := range map[string]int{"a": 2, "b": 1, "c": 3} {
		if got, err := Find("letter", want, label, inside, outside); err != nil || got.value != value {
			t.Errorf("%s: %v, %v", want, got, err)
		}
	}
	if _, err := Find("letter", "d", label, inside, outside); err == nil || err.Error() != `unknown letter "d": one of [a a b c]` {
		t.Errorf("got %v", err)
	}
	if got := Names(label, inside); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("names %v", got)
	}
}
