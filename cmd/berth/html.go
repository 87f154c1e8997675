package main

import (
	"errors"
	"io"

	"berth/models/result"
)

func htmlPage(io.Writer, *result.Result) error { return errors.New("the page is not built yet") }
