package local

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

const held = 64 << 20

// TestProcessMemoryOfAllBelow counts what a grandchild holds: a shell's child.
func TestProcessMemoryOfAllBelow(t *testing.T) {
	if os.Getenv("WEIR_TEST_HOLD") != "" {
		memory := bytes.Repeat([]byte{1}, held)
		fmt.Println("held")
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test has looked
		os.Exit(int(memory[len(memory)-1]) - 1)
	}
	before := ProcessMemory(os.Getpid())
	if before < 1<<20 {
		t.Fatalf("this process has %d bytes", before)
	}
	c := exec.Command("sh", "-c", `"$0" -test.run TestProcessMemoryOfAllBelow; exit $?`, os.Args[0])
	c.Env = append(os.Environ(), "WEIR_TEST_HOLD=1")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the child said %q: %v", line, err)
	}
	if n := ProcessMemory(c.Process.Pid); n < held {
		t.Errorf("a shell and its child have %d bytes, less than the %d the child holds", n, held)
	}
	if n := ProcessMemory(os.Getpid()); n < before+held {
		t.Errorf("this process and what is below have %d bytes, %d before", n, before)
	}
	_ = in.Close()
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	if n := ProcessMemory(c.Process.Pid); n != 0 {
		t.Errorf("a process that is gone has %d bytes", n)
	}
}
