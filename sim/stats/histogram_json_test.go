package stats

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestHistogramJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-2, math.MaxInt64), 0, 40).Draw(t, "values")
		var forward, backward, back Histogram
		for i := range values {
			forward.Record(values[i])
			backward.Record(values[len(values)-1-i])
		}
		a, err := json.Marshal(&forward)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := json.Marshal(&backward)
		if !bytes.Equal(a, b) {
			t.Fatalf("the order of recording shows: %s and %s", a, b)
		}
		if err := json.Unmarshal(a, &back); err != nil || !same(&forward, &back) {
			t.Fatalf("%s is read as %+v, %v", a, back, err)
		}
	})
}

func TestHistogramJSONRefusesNonsense(t *testing.T) {
	for _, text := range []string{
		`[]`,
		`{"buckets":[[9999,1]],"sum":"1","min":0,"max":0}`,
		`{"buckets":[[5,0]],"sum":"0","min":5,"max":5}`,
		`{"buckets":[[5,1],[4,1]],"sum":"9","min":4,"max":5}`,
		`{"buckets":[[5,1]],"sum":"99","min":5,"max":5}`,
		`{"buckets":[[5,1]],"sum":"5","min":4,"max":5}`,
		`{"buckets":[[5,1]],"sum":"5","min":5,"max":-5}`,
		`{"buckets":[[0,18446744073709551615],[1,1]],"sum":"1","min":0,"max":1}`,
	} {
		h := Histogram{Refused: 7}
		if err := json.Unmarshal([]byte(text), &h); err == nil || h.Refused != 7 {
			t.Errorf("%s is read as %+v, %v", text, h, err)
		}
	}
}
