//go:build linux

package duck

import (
	"fmt"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"

	"weir/internal/athena/worker"
)

// Lock confines the whole process for good: it may read the files of the
// sandbox and use its scratch folder, and open no network connection. locked is
// false when the kernel has no landlock; the statement filter is then the only guard.
func Lock(box worker.Sandbox) (locked bool, err error) {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return false, fmt.Errorf("switching core dumps off: %w", err)
	}
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 || version < 1 {
		return false, nil
	}
	rules := []landlock.Rule{}
	if len(box.Files) > 0 {
		rules = append(rules, landlock.ROFiles(box.Files...))
	}
	if box.Scratch != "" {
		rules = append(rules, landlock.RWDirs(box.Scratch))
	}
	if err := landlock.V5.BestEffort().Restrict(rules...); err != nil {
		return false, fmt.Errorf("landlock: %w", err)
	}
	return true, nil
}
