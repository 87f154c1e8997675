package sim

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type logRecord struct {
	at   Time
	data int
}

type logBook struct{ got []logRecord }

func (l *logBook) emit(at Time, data int) { l.got = append(l.got, logRecord{at, data}) }

func TestReorderByHand(t *testing.T) {
	var r Reorder[int]
	var book logBook
	r.Push(30, 0)
	r.Push(10, 1)
	r.Push(20, 2)
	r.Push(10, 3)
	r.Advance(9, book.emit)
	if len(book.got) != 0 || r.Len() != 4 {
		t.Errorf("Advance(9) gave out %v and kept %d, want none and 4", book.got, r.Len())
	}
	r.Advance(20, book.emit)
	r.Push(20, 4) // at the safe time itself
	r.Push(25, 5)
	r.Flush(book.emit)
	want := []logRecord{{10, 1}, {10, 3}, {20, 2}, {20, 4}, {25, 5}, {30, 0}}
	if !slices.Equal(book.got, want) {
		t.Errorf("log = %v, want %v", book.got, want)
	}
	r.Flush(book.emit)
	if len(book.got) != len(want) || r.Len() != 0 {
		t.Errorf("a second Flush gave out %v", book.got[len(want):])
	}
}

// Against a stable sort of everything: pushes no earlier than the last safe
// time, with safe times that sometimes stand still or go back.
func TestReorderMatchesAStableSort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Reorder[int]
		var book logBook
		var want []logRecord
		safe := Time(0)
		for i := range rapid.IntRange(0, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			default:
				at := safe + Time(rapid.IntRange(0, 20).Draw(t, "ahead"))
				r.Push(at, i)
				want = append(want, logRecord{at, i})
			case 8:
				to := safe + Time(rapid.IntRange(-5, 15).Draw(t, "advance"))
				r.Advance(to, book.emit)
				safe = max(safe, to)
				due := 0
				for _, w := range want {
					if w.at <= safe {
						due++
					}
				}
				if to == safe && len(book.got) != due {
					t.Fatalf("Advance(%d) has given out %d records in all, want %d", to, len(book.got), due)
				}
			case 9:
				r.Flush(book.emit)
				for _, w := range want {
					safe = max(safe, w.at)
				}
			}
			if r.Len() != len(want)-len(book.got) {
				t.Fatalf("Len = %d, want %d", r.Len(), len(want)-len(book.got))
			}
		}
		r.Flush(book.emit)
		slices.SortStableFunc(want, func(a, b logRecord) int { return int(a.at - b.at) })
		if !slices.Equal(book.got, want) {
			t.Fatalf("log = %v\nwant  %v", book.got, want)
		}
	})
}

func TestReorderLetsEmitPush(t *testing.T) {
	var r Reorder[int]
	var got []Time
	r.Push(1, 0)
	r.Advance(4, func(at Time, _ int) {
		got = append(got, at)
		r.Push(at+4, 0)
		if at == 1 {
			r.Push(4, 0)
		}
	})
	if want := []Time{1, 4}; !slices.Equal(got, want) || r.Len() != 2 {
		t.Errorf("gave out %v and kept %d, want %v and 2", got, r.Len(), want)
	}
}

func TestReorderRefusesWhatComesTooLate(t *testing.T) {
	for name, give := range map[string]func(*Reorder[int]){
		"Advance": func(r *Reorder[int]) { r.Advance(10, func(Time, int) {}) },
		"Flush":   func(r *Reorder[int]) { r.Flush(func(Time, int) {}) },
	} {
		var r Reorder[int]
		r.Push(10, 0)
		give(&r)
		r.Push(10, 1)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Push at 9 ns after %s to 10 ns did not panic", name)
				}
			}()
			r.Push(9, 2)
		}()
	}
}

func TestReorderForgetsAndReuses(t *testing.T) {
	var r Reorder[*int]
	emit := func(Time, *int) {}
	for at := range Time(1000) {
		r.Push(at+at%7, new(int))
		r.Advance(at, emit)
	}
	if len(r.slots) > 8 {
		t.Errorf("%d slots for records at most 7 ns out of order, want at most 8", len(r.slots))
	}
	r.Flush(emit)
	for i, p := range r.slots {
		if p != nil {
			t.Errorf("slot %d still holds a record that was given out", i)
		}
	}
	at := Time(2000)
	if n := testing.AllocsPerRun(100, func() {
		r.Push(at+3, nil)
		r.Push(at, nil)
		at += 5
		r.Advance(at, emit)
	}); n != 0 {
		t.Errorf("%v allocations a step, want 0", n)
	}
}
