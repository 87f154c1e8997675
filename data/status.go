package data

import (
	"io"
	"time"
)

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

// PopStates lists the states of the status page; partial_outage is shown there as "re-routed".
var PopStates = []string{"operational", "partial_outage", "under_maintenance", "major_outage", "degraded_performance"}

// PopStatusEvent is a change of state of a PoP.
type PopStatusEvent struct {
	IATA     string
	Time     time.Time // UTC; first snapshot with the new state, so up to 3 h late
	From, To string    // of PopStates
}

func parsePopStatusEvents(name string, r io.Reader) ([]PopStatusEvent, error) {
	return parseTable(name, r, []string{"iata", "time_utc", "from", "to"}, func(f tableRow) PopStatusEvent {
		return PopStatusEvent{IATA: f.text(0), Time: f.instant(1), From: f.oneOf(2, PopStates...), To: f.oneOf(3, PopStates...)}
	})
}

// instant returns an RFC 3339 time in UTC.
func (r tableRow) instant(i int) time.Time {
	t, err := time.Parse(time.RFC3339, r.fields[i])
	if err != nil {
		r.fail(i, "a time such as 2026-01-04T12:00:00Z")
	}
	return t.UTC()
}

// PopStatusEvents returns the observed changes of state, grouped by PoP and in time order within it.
func PopStatusEvents() []PopStatusEvent { return popStatusEvents() }

var popStatusEvents = embedded("pop_status_events.csv", parsePopStatusEvents)
