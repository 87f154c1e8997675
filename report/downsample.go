package report

// maxSteps is how many steps of a series a chart draws.
const maxSteps = 700

// window is how many steps of a series of n become one.
func window(n int) int {
	return (n + maxSteps - 1) / maxSteps
}

// extremes thins a series to the smallest and largest value of each window, in
// their order, so that no peak is lost. It returns indices into v.
func extremes(v []Number) []int {
	w := window(len(v))
	var out []int
	for from := 0; from < len(v); from += w {
		lo, hi := -1, -1
		for i := from; i < min(from+w, len(v)); i++ {
			if !v[i].Known() {
				continue
			}
			if lo < 0 || v[i] < v[lo] {
				lo = i
			}
			if hi < 0 || v[i] > v[hi] {
				hi = i
			}
		}
		switch {
		case lo < 0:
		case lo == hi:
			out = append(out, lo)
		default:
			out = append(out, min(lo, hi), max(lo, hi))
		}
	}
	return out
}

// averages thins a series to the mean of each window: for stacked areas, whose
// layers need the same steps.
func averages(v []Number, w int) []Number {
	var out []Number
	for from := 0; from < len(v); from += w {
		to := min(from+w, len(v))
		var sum Number
		n := 0
		for _, x := range v[from:to] {
			if x.Known() {
				sum += x
				n++
			}
		}
		if n == 0 {
			out = append(out, None)
			continue
		}
		out = append(out, sum/Number(n))
	}
	return out
}
