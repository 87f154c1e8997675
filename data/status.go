package data

import "io"

// PopStatus is how often a PoP was seen in each state of the public status page; the shares leave out rarer states.
type PopStatus struct {
	IATA        string
	Snapshots   int     // how many were taken, about three hours apart
	Operational float64 // share of the snapshots
	Rerouted    float64 // share in which its client traffic went elsewhere
	Maintenance float64
	Transitions int // changes of state between snapshots
}

func parsePopStatus(name string, r io.Reader) ([]PopStatus, error) {
	columns := []string{"iata", "snapshots", "operational", "rerouted", "maintenance", "transitions"}
	return parseTable(name, r, columns, func(f tableRow) PopStatus {
		return PopStatus{
			IATA: f.text(0), Snapshots: int(f.count(1, 1_000_000)), Operational: f.number(2, 0, 1), Rerouted: f.number(3, 0, 1),
			Maintenance: f.number(4, 0, 1), Transitions: int(f.count(5, 1_000_000)),
		}
	})
}

// PopStatuses returns the observed states of the PoPs that the status page listed, in order of their code.
func PopStatuses() []PopStatus { return popStatuses() }

var popStatuses = embedded("pop_status.csv", parsePopStatus)
