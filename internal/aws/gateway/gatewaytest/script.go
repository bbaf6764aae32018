package gatewaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"weir/internal/clock"
)

// RunScripts runs the *.txtar files in dir, each against a server that start
// makes. Beside testscript's own commands a script has
//
//	aws kinesis CreateStream '{"StreamName":"s","ShardCount":1}'   call; the output is stdout
//	! aws kinesis DescribeStream '{"StreamName":"x"}'             must fail; stderr has "Code (status): message"
//	capture IT ShardIterator          $IT is a member of the last output: Shards.0.ShardId
//	as ACCESSKEY SECRET [TOKEN]       sign as another; "as root" goes back
//	region eu-west-1                  of the scope
//	advance 24h                       moves a clock.Manual
//
// A variable stands outside quotes: aws kinesis GetRecords '{"ShardIterator":"'$IT'"}'.
func RunScripts(t *testing.T, dir string, start func(t testing.TB) *Server) {
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			server := start(env.T().(testing.TB))
			env.Values["client"] = &Client{Server: server, AccessKey: RootAccessKey, Secret: RootSecret}
			env.Vars = append(env.Vars, server.Env()...)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"aws": cmdAWS, "capture": cmdCapture, "as": cmdAs, "region": cmdRegion, "advance": cmdAdvance,
		},
	})
}

func client(ts *testscript.TestScript) *Client { return ts.Value("client").(*Client) }

func cmdAWS(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: aws service Operation ['{json}']")
	}
	input := ""
	if len(args) == 3 {
		input = args[2]
	}
	out, err := client(ts).Call(args[0], args[1], input)
	var refused *Error
	switch {
	case err == nil && neg:
		ts.Fatalf("%s %s succeeded: %s", args[0], args[1], out)
	case err == nil:
		fmt.Fprintln(ts.Stdout(), out)
	case errors.As(err, &refused) && neg:
		fmt.Fprintln(ts.Stderr(), err)
	default:
		ts.Fatalf("%s %s: %v", args[0], args[1], err)
	}
}

func cmdCapture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME path.to.0.member")
	}
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		ts.Fatalf("the last output is not JSON: %v", err)
	}
	for part := range strings.SplitSeq(args[1], ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(at) {
				ts.Fatalf("there is no element %s at %s", part, args[1])
			}
			v = at[i]
		default:
			v = nil
		}
	}
	if v == nil {
		ts.Fatalf("the last output has no %s", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(v))
}

func cmdAs(ts *testscript.TestScript, neg bool, args []string) {
	c := client(ts)
	switch {
	case neg:
		ts.Fatalf("as cannot be negated")
	case len(args) == 1 && args[0] == "root":
		c.AccessKey, c.Secret, c.Token = RootAccessKey, RootSecret, ""
	case len(args) == 2 || len(args) == 3:
		c.AccessKey, c.Secret, c.Token = args[0], args[1], strings.Join(args[2:], "")
	default:
		ts.Fatalf("usage: as root | as ACCESSKEY SECRET [TOKEN]")
	}
}

func cmdRegion(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: region NAME")
	}
	client(ts).Region = args[0]
}

func cmdAdvance(ts *testscript.TestScript, neg bool, args []string) {
	manual, ok := client(ts).Server.Clock.(*clock.Manual)
	if neg || len(args) != 1 || !ok {
		ts.Fatalf("usage: advance 1h (with a server on a clock.Manual)")
	}
	d, err := time.ParseDuration(args[0])
	if err != nil {
		ts.Fatalf("%v", err)
	}
	manual.Advance(d)
}
