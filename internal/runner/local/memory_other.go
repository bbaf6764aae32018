//go:build !linux

package local

// ProcessMemory is not known here: applications are held by GOMEMLIMIT alone.
func ProcessMemory(int) int64 { return 0 }
