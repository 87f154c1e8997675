package edge

import (
	"testing"
	"unsafe"
)

// A sleeping key that can be asked for again takes at most 64 bytes.
func TestSleepingKeySize(t *testing.T) {
	if n := unsafe.Sizeof(idState{}) + unsafe.Sizeof(appState{}.instOf[0]); n > 64 {
		t.Errorf("a key takes %d bytes, want at most 64", n)
	}
}
