package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// stripJSONC turns JSON with comments and trailing commas into JSON by blanking
// them out, so that every offset stays where it was.
func stripJSONC(src []byte) ([]byte, error) {
	out := bytes.Clone(src)
	comma := -1 // offset of a comma after which only blanks and comments came
	for i := 0; i < len(out); {
		switch c := out[i]; {
		case c == '"':
			end, err := stringEnd(out, i)
			if err != nil {
				return nil, err
			}
			i, comma = end, -1
		case c == '/' && i+1 < len(out) && out[i+1] == '/':
			for i < len(out) && out[i] != '\n' {
				out[i] = ' '
				i++
			}
		case c == '/' && i+1 < len(out) && out[i+1] == '*':
			end := bytes.Index(out[i+2:], []byte("*/"))
			if end < 0 {
				return nil, jsonFault{i, "the comment is not closed"}
			}
			blank(out[i : i+2+end+2])
			i += 2 + end + 2
		case c == ',':
			comma = i
			i++
		case c == '}' || c == ']':
			if comma >= 0 {
				out[comma] = ' '
			}
			comma = -1
			i++
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		default:
			comma = -1
			i++
		}
	}
	return out, nil
}

// blank overwrites with spaces and keeps line breaks.
func blank(b []byte) {
	for i, c := range b {
		if c != '\n' {
			b[i] = ' '
		}
	}
}

func stringEnd(src []byte, start int) (int, error) {
	for i := start + 1; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1, nil
		case '\n':
			return 0, jsonFault{start, "the text is not closed on its line"}
		}
	}
	return 0, jsonFault{start, "the text is not closed"}
}

// jsonFault is a mistake at an offset.
type jsonFault struct {
	offset int
	text   string
}

func (f jsonFault) Error() string { return f.text }

// parseJSONC reads one JSON value with comments and trailing commas. An error is
// a jsonFault.
func parseJSONC(src []byte) (map[string]any, error) {
	plain, err := stripJSONC(src)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(plain))
	dec.UseNumber()
	var v map[string]any
	if err := dec.Decode(&v); err != nil {
		return nil, jsonFault{faultOffset(err, dec, len(plain)), "not valid JSON: " + jsonText(err)}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, jsonFault{int(dec.InputOffset()), "something follows the end of the configuration"}
	}
	return v, nil
}

func faultOffset(err error, dec *json.Decoder, length int) int {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return max(int(syntax.Offset)-1, 0)
	case errors.As(err, &wrongType):
		return max(int(wrongType.Offset)-1, 0)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return max(length-1, 0)
	}
	return int(dec.InputOffset())
}

func jsonText(err error) string {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return fmt.Sprintf("a %s instead of an object", wrongType.Value)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return err.Error()
}
