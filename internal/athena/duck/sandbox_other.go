//go:build !linux

package duck

import "weir/internal/athena/worker"

// Lock does nothing here: only Linux has landlock. The statement filter is the
// guard, and locked says so.
func Lock(worker.Sandbox) (locked bool, err error) { return false, nil }
