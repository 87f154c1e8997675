package theory

import "math"

// firstPassageRoot returns the smaller root of
// down x^2 - (up + down + leave) x + up = 0 for rates up, leave >= 0 and
// down >= 0: the expected visits to the next level of a walk that goes up, down
// or leaves. The discriminant is written as a sum of nonnegative terms.
func firstPassageRoot(up, down, leave float64) float64 {
	discriminant := (down-up)*(down-up) + leave*(2*(up+down)+leave)
	return 2 * up / (up + down + leave + math.Sqrt(discriminant))
}

// timesUpper returns the row vector x times an upper triangular matrix with
// the given number of columns.
func timesUpper(x []float64, r [][]float64, columns int) []float64 {
	y := make([]float64, columns)
	for i, xi := range x {
		for j := i; j < columns; j++ {
			y[j] += xi * r[i][j]
		}
	}
	return y
}

// solveUpper returns y with y (I - R) = x for an upper triangular, nonnegative R
// whose diagonal is below 1.
func solveUpper(x []float64, r [][]float64) []float64 {
	y := make([]float64, len(x))
	for j := range y {
		sum := x[j]
		for l := range j {
			sum += y[l] * r[l][j]
		}
		y[j] = sum / (1 - r[j][j])
	}
	return y
}
