package scenarios

import "strings"

// Key is one key of the scenario language, as the reference page lists it.
type Key struct {
	Path    string // apps.*.image.compressed; * is the user's own name, [*] a list entry
	Takes   string // values it takes
	Default string // "" = none
	Doc     string
	Source  string // of the default
	Grade   string // A official, B maintainer or measured, C single report, I inference; "" = a matter of taste
	Only    []string
	Needed  bool
}

// Keys lists every key in the order of the language.
func Keys() []Key {
	var keys []Key
	collect(language(), "", &keys)
	return keys
}

func collect(f *field, path string, keys *[]Key) {
	for _, c := range f.fields {
		p := join(path, c.name)
		*keys = append(*keys, keyOf(c, p))
		below(c, p, keys)
	}
}

func below(f *field, path string, keys *[]Key) {
	collect(f, path, keys)
	if f.elem != nil {
		below(f.elem, path+"[*]", keys)
	}
	if f.free != nil {
		below(f.free, path+".*", keys)
	}
}

func keyOf(f *field, path string) Key {
	k := Key{Path: path, Takes: f.expected(), Default: f.defaultText(), Doc: f.doc, Source: f.source, Grade: f.grade, Only: f.only, Needed: f.needed}
	if f.elem != nil && len(f.elem.fields) == 0 {
		k.Takes = strings.Replace(k.Takes, "a list", "a list of: "+f.elem.expected(), 1)
	}
	if f.free != nil {
		k.Takes = strings.Replace(k.Takes, "a mapping", "a mapping from "+f.freeKey, 1)
	}
	if f.short != "" && len(f.fields) > 0 {
		k.Takes += "; a plain value is " + f.short
	}
	return k
}

// defaultText is the default as the reference page shows it.
func (f *field) defaultText() string {
	text := f.def
	if f.defDoc != "" {
		text = f.defDoc
	}
	if text == "{}" {
		return ""
	}
	if f.setting != "" && f.defDoc == "" {
		if text != "" {
			text += ", "
		}
		text += "by date and world"
	}
	return text
}
