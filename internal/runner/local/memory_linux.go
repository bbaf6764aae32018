package local

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ProcessMemory is the bytes that a process and all below it have in memory; 0
// for one that is gone.
func ProcessMemory(pid int) int64 {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(dir, "statm"))
	if err != nil {
		return 0
	}
	var total int64
	if f := strings.Fields(string(text)); len(f) > 1 {
		pages, _ := strconv.ParseInt(f[1], 10, 64) // the kernel writes a number
		total = pages * int64(os.Getpagesize())
	}
	tasks, _ := filepath.Glob(filepath.Join(dir, "task", "*", "children")) // the pattern is well-formed
	for _, t := range tasks {
		kids, err := os.ReadFile(t)
		if err != nil {
			continue // the task has ended
		}
		for _, k := range strings.Fields(string(kids)) {
			if id, err := strconv.Atoi(k); err == nil {
				total += ProcessMemory(id)
			}
		}
	}
	return total
}
