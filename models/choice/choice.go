// Package choice finds the entry of a table that a name stands for.
package choice

import (
	"fmt"
	"slices"
)

// Names lists the names of a table in its order.
func Names[E any](name func(E) string, table []E) []string {
	names := make([]string, len(table))
	for i, e := range table {
		names[i] = name(e)
	}
	return names
}

// Find looks want up in tables, the first of which wins. The error calls the
// entries by what and lists every name there is.
func Find[E any](what, want string, name func(E) string, tables ...[]E) (E, error) {
	all := slices.Concat(tables...)
	if i := slices.IndexFunc(all, func(e E) bool { return name(e) == want }); i >= 0 {
		return all[i], nil
	}
	var none E
	return none, fmt.Errorf("unknown %s %q: one of %v", what, want, slices.Sorted(slices.Values(Names(name, all))))
}
