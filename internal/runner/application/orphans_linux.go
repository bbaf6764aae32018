package application

import "golang.org/x/sys/unix"

// adoptOrphans makes this process the parent of what its children leave behind: a
// program that has returned leaves the helper that forks its functions' workers.
// So all of an application stays below its process, where its memory is counted.
// Those that end meanwhile are entries in the process table until this one ends.
func adoptOrphans() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }
