package lint

import (
	"strings"
	"testing"
)

// boundary forbids imports that the policy's levels alone would let pass.
// Patterns are parted by space; a/… is a and all below it; an import of the
// package's own subtree is never meant.
type boundary struct {
	from, to, except string
	remedy           string
}

var boundaries = []boundary{
	{from: "sql/…", to: "engine/… connector/… session format/… aws/…",
		remedy: "SQL never sees the engine: put the fact into the plan node or the catalog's description"},
	{from: "engine/…", to: "sql/ast sql/parser sql/bind sql/opt session",
		remedy: "the engine never sees SQL text: let the binder decide and put the answer into the plan"},
	{from: "engine/…", to: "aws/… objstore github.com/aws/… athena/… control app",
		remedy: "the engine knows nothing of AWS: take a vfs.FS, a clock or a connector interface instead"},
	{from: "connector/…", to: "aws/… control runner/… github.com/versity/…",
		remedy: "connectors reach services over the wire only, so that they work against AWS too: use aws-sdk-go-v2"},
	{from: "sql/… format/… session pyflink/… kernel batch types", to: "aws/… github.com/aws/… objstore",
		remedy: "what plans and runs queries knows nothing of AWS: a connector does it"},
	{from: "aws/…", to: "sql/… engine/… session pyflink/… connector/… runner/…", except: "connector/awsenv",
		remedy: "services know nothing of the engine: declare the interface the service needs, cmd/ wires it"},
	{from: "control", to: "session sql/… engine/… pyflink/… runner/… connector/…",
		remedy: "control drives a Runner: add to that interface, and implement it in runner/"},
	{from: "internal/…", to: "cmd/…", remedy: "only cmd/ knows everything: pass the thing in from there"},
}

// overTheWire are the packages that are clients of AWS.
const overTheWire = "connector/… objstore aws/s3client aws/gateway/gatewaytest demo runner/… cmd/… bench/… test/…"

// users says who may use what lies outside the tree.
var users = []struct{ of, by, remedy string }{
	{"os/exec", "cmd/… runner/… bench/… test/…", "only cmd/ and runner/ start processes: take a function or an interface"},
	{"github.com/aws/aws-sdk-go-v2/config", overTheWire, "only what reaches AWS over the wire uses the SDK"},
	{"github.com/aws/aws-sdk-go-v2/credentials/…", overTheWire, "only what reaches AWS over the wire uses the SDK"},
	{"github.com/aws/aws-sdk-go-v2/service/…", overTheWire + " aws/svc/s3", "only what reaches AWS over the wire uses the SDK," +
		" and S3's front end, whose backend interface is written in its shapes"},
	{"github.com/aws/aws-sdk-go-v2/aws/…", overTheWire + " aws/…", "only what reaches AWS over the wire, or stands for it, uses the SDK"},
	{"github.com/duckdb/…", "athena/duck", "DuckDB runs in Athena's child only: reach it through athena/worker"},
	{"github.com/cockroachdb/pebble/v2/…", "vfs/… aws/store aws/svc/… engine/state athena/duck",
		"durable tables go through aws/store or the service's own log"},
	{"github.com/versity/versitygw/…", "aws/svc/s3/… aws/policy aws/identity aws/gateway cmd/…",
		"versitygw is S3's front end and the policy evaluator, no more"},
	{"testing", "aws/gateway/gatewaytest control/controltest engine/op/optest connector/connectortest internal/lint/…", "test helpers stand in _test.go files or a …test package"},
	{"math/rand", "bench/…", "randomness is an argument: take an io.Reader or a func"},
	{"math/rand/v2", "bench/…", "randomness is an argument: take an io.Reader or a func"},
	{"hash/maphash", "", "its seed differs per process: keys hash with batch's own unseeded function"},
	{"C", "", "no cgo of our own: the binary must build without it"},
}

func TestBoundaries(t *testing.T) {
	s := source(t)
	ex := allowed(t, "boundary")
	for _, f := range s.files {
		if f.test {
			continue
		}
		for _, imp := range f.imports() {
			checkBoundaries(t, ex, f, short(imp))
			checkUsers(t, ex, f, imp)
		}
	}
	ex.unused(t)
}

func checkBoundaries(t *testing.T, ex *exceptions, f *file, to string) {
	t.Helper()
	from := f.name()
	for _, b := range boundaries {
		inside := matchesAny(b.from, from) || matchesAny(b.from, f.pkg())
		if inside && matchesAny(b.to, to) && !matchesAny(b.except, to) && !sameThing(from, to) {
			ex.fail(t, from+" "+to, "%s: %s must not import %s: %s", f.path, from, to, b.remedy)
		}
	}
	for _, of := range []string{"aws/svc/", "connector/", "format/"} {
		a, okA := member(of, from)
		b, okB := member(of, to)
		if okA && okB && a != b && !siblingsAllowed(from, to) {
			ex.fail(t, from+" "+to, "%s: %s must not import %s: siblings under %s never see each other;"+
				" declare a small interface and have cmd/ pass it in", f.path, from, to, of)
		}
	}
}

// siblingsAllowed are the two packages connectors share: the list of all of
// them, and how AWS's region and credentials are found.
func siblingsAllowed(from, to string) bool {
	return from == "connector/all" || to == "connector/awsenv"
}

// member names the thing under a folder a package belongs to.
func member(folder, name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, folder)
	first, _, _ := strings.Cut(rest, "/")
	return first, ok
}

// sameThing says whether one package lies in the other's own folder.
func sameThing(a, b string) bool {
	return strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

func checkUsers(t *testing.T, ex *exceptions, f *file, imp string) {
	t.Helper()
	for _, u := range users {
		if matches(u.of, imp) && !matchesAny(u.by, f.name()) && !matchesAny(u.by, f.pkg()) {
			ex.fail(t, f.name()+" "+imp, "%s: %s must not import %s: %s", f.path, f.name(), imp, u.remedy)
		}
	}
}
