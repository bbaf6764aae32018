//go:build !cgo

// Package duck is the query engine behind Athena: DuckDB in a child process.
// DuckDB needs cgo; this build has none and every query says so.
package duck

import (
	"context"
	"fmt"
	"io"

	"weir/internal/athena/worker"
	"weir/internal/vfs"
)

// Serve answers every request with the error that there is no engine.
func Serve(_ context.Context, _ vfs.FS, in io.Reader, out io.Writer, _ func(worker.Sandbox) (bool, error)) error {
	for {
		if _, err := worker.ReadFrame(in); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		frame, err := worker.Answer(nil, &worker.Failure{
			Code: "NOT_SUPPORTED",
			Msg:  "this build of Weir has no Athena engine (built without cgo); build it with CGO_ENABLED=1 and a C compiler",
		})
		if err != nil {
			return err
		}
		if err := worker.WriteFrame(out, frame); err != nil {
			return fmt.Errorf("writing an answer: %w", err)
		}
	}
}
