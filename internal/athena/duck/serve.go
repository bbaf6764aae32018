//go:build cgo

// Package duck is the query engine behind Athena: DuckDB in a child process
// that serves one query (internal/athena/worker has the protocol).
//
// The child locks itself in before it looks at a byte of the user's text: the
// kernel (landlock) lets it read exactly the query's data files and write one
// scratch folder, DuckDB is opened without access to files and its
// configuration is locked. Text files are decoded by internal/athena/serde and
// handed to DuckDB as a table function; only Parquet files are opened by DuckDB
// itself. Nothing but what internal/athena/dialect let through is run.
//
// Without cgo the package answers every request with an error that says so.
package duck

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"weir/internal/athena/dialect"
	"weir/internal/athena/worker"
	"weir/internal/vfs"
)

// Serve answers requests on in and out until in ends. lock confines the
// process; tests, which cannot undo it, pass one that does nothing.
func Serve(ctx context.Context, fs vfs.FS, in io.Reader, out io.Writer, lock func(worker.Sandbox) (bool, error)) error {
	c := &child{fs: fs, lock: lock}
	defer c.close()
	for {
		data, err := worker.ReadFrame(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		var req worker.Request
		if err := json.Unmarshal(data, &req); err != nil {
			return fmt.Errorf("reading a request: %w", err)
		}
		body, err := c.answer(ctx, req)
		frame, err := worker.Answer(body, failure(err))
		if err != nil {
			return err
		}
		if err := worker.WriteFrame(out, frame); err != nil {
			return fmt.Errorf("writing an answer: %w", err)
		}
	}
}

// failure gives the errors of the layers below the form that travels.
func failure(err error) error {
	var d *dialect.Error
	if errors.As(err, &d) {
		return &worker.Failure{Code: d.Code, Msg: d.Msg}
	}
	return err
}

type child struct {
	fs         vfs.FS
	lock       func(worker.Sandbox) (bool, error)
	box        *worker.Sandbox
	landlocked bool
	db         *engine
}

func (c *child) close() {
	if c.db != nil {
		c.db.close()
	}
}

func (c *child) answer(ctx context.Context, req worker.Request) (any, error) {
	if req.Sandbox != nil {
		return struct{}{}, c.enter(ctx, *req.Sandbox)
	}
	if c.db == nil {
		return nil, errors.New("the first request must be the sandbox")
	}
	switch {
	case req.Analyze != nil:
		return c.db.analyze(ctx, *req.Analyze)
	case req.Prune != nil:
		return c.db.prune(ctx, *req.Prune)
	case req.Run != nil:
		res, err := c.run(ctx, *req.Run)
		if err != nil {
			return nil, err
		}
		res.Landlocked = c.landlocked
		return res, nil
	}
	return nil, errors.New("the request asks nothing")
}

// enter opens the engine, which looks around the machine when it starts, and
// locks the process in before a byte of the user's text is looked at.
func (c *child) enter(ctx context.Context, box worker.Sandbox) error {
	if c.box != nil {
		return errors.New("the sandbox is set already")
	}
	db, err := open(ctx, box)
	if err != nil {
		return err
	}
	locked, err := c.lock(box)
	if err != nil {
		db.close()
		return fmt.Errorf("entering the sandbox: %w", err)
	}
	c.box, c.landlocked, c.db = &box, locked, db
	return nil
}

// decodeTree reads a syntax tree without losing a digit of its numbers.
func decodeTree(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("reading the syntax tree: %w", err)
	}
	return tree, nil
}
