package memo

import (
	"encoding/binary"
	"math"
	"reflect"
	"slices"
)

// maxDepth is how deep values may be nested; a value that holds itself is deeper.
const maxDepth = 64

// Key writes values out as text such that two lists of values have the same
// text only if they are equal all through: types, numbers to the last bit,
// texts, and what slices, maps, pointers and interfaces hold, unexported fields
// too. ok is false where a value holds a function or a channel, or itself: such
// values have no key.
func Key(values ...any) (key string, ok bool) {
	w := writer{ok: true}
	for _, v := range values {
		w.any(reflect.ValueOf(v), 0)
	}
	return string(w.out), w.ok
}

type writer struct {
	out []byte
	ok  bool
}

func (w *writer) word(x uint64) { w.out = binary.LittleEndian.AppendUint64(w.out, x) }

func (w *writer) text(s string) {
	w.out = binary.AppendUvarint(w.out, uint64(len(s)))
	w.out = append(w.out, s...)
}

// any writes a value with its type, which tells an int 1 from a uint 1.
func (w *writer) any(v reflect.Value, depth int) {
	if !v.IsValid() {
		w.text("")
		return
	}
	w.text(v.Type().PkgPath())
	w.text(v.Type().String())
	w.value(v, depth)
}

func (w *writer) value(v reflect.Value, depth int) {
	if depth++; depth > maxDepth || !w.ok {
		w.ok = false
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		w.out = append(w.out, boolByte(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.word(uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		w.word(v.Uint())
	case reflect.Float32, reflect.Float64:
		w.word(math.Float64bits(v.Float()))
	case reflect.Complex64, reflect.Complex128:
		w.word(math.Float64bits(real(v.Complex())))
		w.word(math.Float64bits(imag(v.Complex())))
	case reflect.String:
		w.text(v.String())
	case reflect.Array:
		w.items(v, depth)
	case reflect.Slice:
		w.out = append(w.out, boolByte(v.IsNil()))
		w.items(v, depth)
	case reflect.Map:
		w.entries(v, depth)
	case reflect.Struct:
		for i := range v.NumField() {
			w.value(v.Field(i), depth)
		}
	case reflect.Pointer:
		w.out = append(w.out, boolByte(v.IsNil()))
		if !v.IsNil() {
			w.value(v.Elem(), depth)
		}
	case reflect.Interface:
		w.any(v.Elem(), depth)
	default:
		w.ok = false
	}
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (w *writer) items(v reflect.Value, depth int) {
	w.word(uint64(v.Len()))
	for i := range v.Len() {
		w.value(v.Index(i), depth)
	}
}

// entries writes a map in the order of its keys' own texts.
func (w *writer) entries(v reflect.Value, depth int) {
	w.out = append(w.out, boolByte(v.IsNil()))
	w.word(uint64(v.Len()))
	pairs := make([]string, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		pair := writer{ok: w.ok}
		pair.value(it.Key(), depth)
		pair.value(it.Value(), depth)
		w.ok = w.ok && pair.ok
		pairs = append(pairs, string(pair.out))
	}
	slices.Sort(pairs)
	for _, p := range pairs {
		w.text(p)
	}
}
