package local

import (
	"fmt"
	"time"

	"weir/internal/runner/application"
)

// KPUMemory is the memory of a KPU, the program's Python included.
const KPUMemory = 4 << 30

// watchEvery is how often an application's memory is looked at.
const watchEvery = 2 * time.Second

// watch waits until it is time to look at the memory of a child; it never is
// where nobody measures it.
func (r *Runner) watch() (<-chan time.Time, func()) {
	if r.Memory == nil {
		return nil, func() {}
	}
	return r.Clock.After(watchEvery)
}

// overMemory says why a child has too much memory; nil when it has not.
func (r *Runner) overMemory(spec *application.Spec, c *child) error {
	kpus := max(spec.KPUs, 1)
	used, limit := r.Memory(c.cmd.Process.Pid), int64(kpus)*KPUMemory
	if used <= limit {
		return nil
	}
	return fmt.Errorf("the application's process used %d MiB of memory, more than the %d MiB of its %d KPU: give it more KPU (parallelism), or less state", used>>20, limit>>20, kpus)
}
