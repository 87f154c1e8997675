// Package data holds the program's embedded tables with typed loaders: points of presence, cities, countries, network
// stretch, Durable Object placement, PoP status and measured round trips.
//
// Every table is a small CSV file under tables/ whose first lines name its source and licence; SOURCES.md tells the whole
// story. Loaders parse once, check every field and return copies, so that a caller may keep and change what it gets. The
// package holds no logic: what the numbers mean for a simulation is decided in models/geo.
package data

// The IANA time-zone database is linked in, so that a city's local time can be told on a machine that has none.
import _ "time/tzdata"

//go:generate go run ./internal/gen/write
