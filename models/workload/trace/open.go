package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// newReader sets up the reading of one stream; name is for messages and to find
// companion files.
func newReader(in io.Reader, name string, opt Options) (*Reader, error) {
	speed := opt.Speed
	if speed == 0 {
		speed = 1
	}
	if !(speed > 0) || math.IsInf(speed, 1) {
		return nil, fmt.Errorf("%s: speed %v: it has to be above 0 and finite", name, opt.Speed)
	}
	plain, closer, err := decompress(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r := &Reader{first: true, speed: speed, keys: newNames(), places: newNames(),
		bad: &badLines{file: name, allowed: opt.MaxBad}}
	if closer != nil {
		r.closer = append(r.closer, closer)
	}
	if err := r.open(newLines(plain, name), name, opt); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Reader) open(in *lines, name string, opt Options) error {
	first, err := in.next()
	if err == io.EOF {
		return fmt.Errorf("%s: the file is empty", name)
	}
	if err != nil {
		return err
	}
	first = bytes.TrimPrefix(first, []byte("\ufeff"))
	modulus := int64(1)
	if r.format, r.rule, modulus, err = choose(first, opt); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(opt.Columns) > 0 && r.format != "csv" && r.format != "clf" {
		return fmt.Errorf("%s: the columns of %s are fixed: leave out the mapping, or say format csv", name, r.format)
	}
	if r.format == "azure2019" {
		return r.openMinutes(in, first, name, opt)
	}
	parse, err := r.parser(first, opt, modulus)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", name, in.number, err)
	}
	src := &lineSource{in: in, parse: parse, bad: r.bad}
	if r.format == "clf" {
		src.again = true // its first line is a call, not a header
	}
	if opt.Sort || r.format == "azure2021" {
		s := &sorter{in: src, size: sortChunk}
		r.out = s
		r.closer = append(r.closer, s)
		return nil
	}
	r.out = newWindow(src, Window)
	return nil
}

func (r *Reader) parser(first []byte, opt Options, modulus int64) (lineParser, error) {
	switch r.format {
	case "azure2021":
		return newAzure2021(first, r.keys)
	case "azurellm":
		return newAzureLLM(first, r.keys, modulus)
	case "mooncake":
		return newMooncake(first, r.keys)
	case "clf":
		r.clock = fromEpoch
		return newLogFormat(r.keys, opt.Columns)
	}
	p, err := newCallTable(first, r.keys, r.places, opt.Columns)
	if err != nil {
		return nil, err
	}
	p.clock = &r.clock
	return p, nil
}

// choose settles the format, the rule and, for azurellm, its number of keys.
func choose(first []byte, opt Options) (format, rule string, modulus int64, err error) {
	format, rule, modulus = opt.Format, opt.Rule, 1
	of := rule
	if m, ok := strings.CutPrefix(rule, "azurellm_mod"); ok {
		of = "azurellm"
		if modulus, err = strconv.ParseInt(m, 10, 32); err != nil || modulus < 1 {
			return "", "", 0, fmt.Errorf("rule %q: the number of keys %q is not a whole number above 0", rule, m)
		}
	} else if rule != "" && !slices.Contains([]string{"mooncake", "azure2021", "azure2019"}, rule) {
		return "", "", 0, fmt.Errorf("unknown rule %q: there are mooncake, azure2021, azure2019 and azurellm_modM, such as azurellm_mod4", rule)
	}
	if format == "" {
		format = of
	}
	if format == "" {
		format = detect(first)
	}
	if !slices.Contains(Formats, format) {
		return "", "", 0, fmt.Errorf("unknown format %q: there are %s", format, strings.Join(Formats, ", "))
	}
	if rule != "" && of != format {
		return "", "", 0, fmt.Errorf("rule %s does not fit format %s", rule, format)
	}
	if rule == "" {
		switch format {
		case "azurellm":
			rule = "azurellm_mod1"
		case "mooncake", "azure2021", "azure2019":
			rule = format
		}
	}
	return format, rule, modulus, nil
}

// detect tells the format from the first line; what has no known header and is
// no log line is taken for csv.
func detect(first []byte) string {
	fields := strings.Split(string(first), ",")
	has := func(columns ...string) bool {
		for _, c := range columns {
			if !slices.Contains(fields, c) {
				return false
			}
		}
		return true
	}
	switch {
	case has("HashApp", "HashFunction", "1"):
		return "azure2019"
	case has("app", "end_timestamp", "duration"):
		return "azure2021"
	case has("TIMESTAMP", "GeneratedTokens"):
		return "azurellm"
	case has("timestamp_ms", "session", "output_tokens"):
		return "mooncake"
	}
	if open := bytes.Index(first, []byte(" [")); open > 0 && bytes.Contains(first[open:], []byte(`] "`)) {
		return "clf"
	}
	return "csv"
}
