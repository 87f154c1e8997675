package plan

import (
	"context"
	"fmt"
	"runtime/debug"

	"berth/models/edge"
	"berth/models/result"
)

// Once makes one replication of a compiled scenario; a panic becomes an error
// that names what to repeat.
func Once(ctx context.Context, model *edge.Model, replication int) (run *result.Run, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("replication %d of seed %d broke: %v\n%s", replication, model.Config().Seed, x, debug.Stack())
		}
	}()
	return model.Run(ctx, replication, edge.Options{})
}
