package edge

type replay struct{}

func (e *engine) openTraces() error       { return nil }
func (e *engine) closeTraces()            {}
func (e *engine) traceArrival(int) error  { return nil }
