//go:build cgo && linux

package duck

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"weir/internal/athena/worker"
)

// TestQueryInSandbox runs a query in a child that the kernel has locked in.
func TestQueryInSandbox(t *testing.T) {
	h := &harness{t: t, dir: t.TempDir()}
	path := filepath.Join(h.dir, "f")
	if err := os.WriteFile(path, []byte("1\n2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.tables = []worker.Table{{Database: "default", Name: "t",
		Storage: worker.Storage{Columns: []worker.Column{{Name: "x", Type: "int"}}},
		Files:   []worker.File{{Path: path, Location: "s3://b/f", Size: 4, Partition: -1}}}}
	got, err := h.query(processes{}, "SELECT sum(x) AS s FROM t")
	if want := "-- 1 files, 4 bytes scanned\ns bigint\n\"s\"\n\"3\"\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestLock tries, behind the statement filter's back, what a locked child must
// not be able to do; without landlock there is nothing to test and it says so.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	allowed, scratch := filepath.Join(dir, "allowed"), filepath.Join(dir, "scratch")
	if err := os.WriteFile(allowed, []byte("x\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "other"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "WEIR_TEST_PROBE="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.HasPrefix(string(out), "no landlock") {
		t.Skip("SKIPPED: this kernel has no landlock")
	}
	want := `read allowed: ok
read other: denied
read /etc/passwd: denied
write allowed: denied
write scratch: ok
write outside: denied
connect: denied
COPY over allowed: denied
read_csv other: denied
ATTACH outside: denied
COPY to scratch: ok
`
	if string(out) != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	if data, err := os.ReadFile(allowed); err != nil || string(data) != "x\n1\n" {
		t.Errorf("the allowed file is now %q, %v", data, err)
	}
}

// probe is the child of TestLock.
func probe(dir string) error {
	ctx := context.Background()
	p := func(name string) string { return filepath.Join(dir, name) }
	box := worker.Sandbox{Files: []string{p("allowed")}, Scratch: p("scratch"), MemoryMB: 128, Threads: 1}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e, err := open(ctx, box)
	if err != nil {
		return err
	}
	locked, err := Lock(box)
	if err != nil {
		return err
	}
	if !locked {
		fmt.Println("no landlock")
		return nil
	}
	// As run does, but for an allowed path, which is all DuckDB's own guard gives.
	if err := e.shut(ctx, []worker.Table{{Storage: worker.Storage{Library: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
		Files: []worker.File{{Path: p("allowed")}}}}); err != nil {
		return err
	}
	say := func(what string, err error) {
		if err == nil {
			fmt.Println(what + ": ok")
		} else {
			fmt.Println(what + ": denied")
		}
	}
	read := func(path string) error { _, err := os.ReadFile(path); return err }
	write := func(path string) error { return os.WriteFile(path, []byte("y"), 0o600) }
	exec := func(q string) error { return drain(e.conn.QueryContext(ctx, q)) }
	say("read allowed", read(p("allowed")))
	say("read other", read(p("other")))
	say("read /etc/passwd", read("/etc/passwd"))
	say("write allowed", write(p("allowed")))
	say("write scratch", write(p("scratch/x")))
	say("write outside", write(p("new")))
	_, err = net.Dial("tcp", l.Addr().String())
	say("connect", err)
	say("COPY over allowed", exec("COPY (SELECT 1) TO "+quote(p("allowed"))))
	say("read_csv other", exec("SELECT * FROM read_csv("+quote(p("other"))+")"))
	say("ATTACH outside", exec("ATTACH "+quote(p("db"))))
	say("COPY to scratch", exec("COPY (SELECT 1) TO "+quote(p("scratch/y"))))
	return nil
}

func drain(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	return rows.Err()
}
