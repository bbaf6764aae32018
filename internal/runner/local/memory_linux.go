package local

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ProcessMemory is the bytes that a process and all below it have in memory; 0
// for one that is gone. It goes by the parent that each process of the machine
// names: not every kernel lists a process's children.
func ProcessMemory(pid int) int64 {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	pages, below := map[int]int64{}, map[int][]int{}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		id, parent, n, ok := readStat(string(text))
		if ok {
			pages[id], below[parent] = n, append(below[parent], id)
		}
	}
	var total int64
	for todo := []int{pid}; len(todo) > 0; {
		last := len(todo) - 1
		id := todo[last]
		todo = append(todo[:last], below[id]...)
		total += pages[id]
	}
	return total * int64(os.Getpagesize())
}

// readStat is what a line of /proc/PID/stat says of a process: its number, its
// parent's and its pages in memory (proc(5); the name may hold anything).
func readStat(line string) (pid, parent int, pages int64, ok bool) {
	first, rest, found := strings.Cut(line, " ")
	f := strings.Fields(rest[strings.LastIndexByte(rest, ')')+1:])
	if !found || len(f) < 22 {
		return 0, 0, 0, false
	}
	pid, err1 := strconv.Atoi(first)
	parent, err2 := strconv.Atoi(f[1])
	pages, err3 := strconv.ParseInt(f[21], 10, 64)
	return pid, parent, pages, err1 == nil && err2 == nil && err3 == nil
}
