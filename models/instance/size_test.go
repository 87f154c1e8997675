package instance

import (
	"testing"
	"unsafe"
)

// The sizes are promises: memory grows with live instances and requests.
func TestRecordSizes(t *testing.T) {
	if n := unsafe.Sizeof(Instance{}); n > 384 {
		t.Errorf("an instance takes %d bytes", n)
	}
	if n := unsafe.Sizeof(Request{}); n > 192 {
		t.Errorf("a request takes %d bytes", n)
	}
	t.Log(unsafe.Sizeof(Instance{}), unsafe.Sizeof(Request{}))
}
