package data

import "io"

// DOLocation is a PoP that has hosted new Durable Objects.
type DOLocation struct {
	IATA        string
	SeenShare   float64 // share of the snapshots in which it hosted one
	ObjectShare float64 // mean share of the new objects over the measured Worker PoPs
}

func parseDOLocations(name string, r io.Reader) ([]DOLocation, error) {
	return parseTable(name, r, []string{"iata", "seen_share", "object_share"}, func(f tableRow) DOLocation {
		return DOLocation{IATA: f.text(0), SeenShare: f.number(1, 0, 1), ObjectShare: f.number(2, 0, 1)}
	})
}

// DOLocations returns the PoPs that have hosted new Durable Objects, in order of their code.
func DOLocations() []DOLocation { return doLocations() }

var doLocations = embedded("do_locations.csv", parseDOLocations)

// DOPlace is the measured likelihood that an object first touched from one PoP is created in another.
type DOPlace struct {
	Worker, Object string  // codes of PoPs
	Likelihood     float64 // sums to 1 over the objects' PoPs of one Worker PoP, up to rounding
	FirstCallMs    float64 // median latency of the first call to the new object: one way plus creation, not a round trip
}

func parseDOPlacement(name string, r io.Reader) ([]DOPlace, error) {
	return parseTable(name, r, []string{"worker", "object", "likelihood", "first_call_ms"}, func(f tableRow) DOPlace {
		return DOPlace{Worker: f.text(0), Object: f.text(1), Likelihood: f.number(2, 0, 1), FirstCallMs: f.number(3, 0, 60_000)}
	})
}

// DOPlacement returns the measured placements of new Durable Objects, grouped by Worker PoP.
func DOPlacement() []DOPlace { return doPlacement() }

var doPlacement = embedded("do_placement.csv", parseDOPlacement)
