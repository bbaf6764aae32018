package local

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"weir/internal/runner/application"
)

func TestMemoryIsHeldToTheKPUs(t *testing.T) {
	used := int64(0)
	r := &Runner{Deps: Deps{Memory: func(int) int64 { return used }}}
	c := &child{cmd: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}
	for _, m := range []struct {
		used int64
		kpus int
		want string
	}{{KPUMemory, 1, ""}, {KPUMemory + 1<<20, 1, "used 4097 MiB of memory, more than the 4096 MiB of its 1 KPU"}, {KPUMemory + 1<<20, 2, ""}} {
		used = m.used
		err := r.overMemory(&application.Spec{KPUs: m.kpus}, c)
		if m.want == "" && err != nil || m.want != "" && (err == nil || !strings.Contains(err.Error(), m.want)) {
			t.Errorf("%d bytes, %d KPU: %v, want %q", m.used, m.kpus, err, m.want)
		}
	}
}
