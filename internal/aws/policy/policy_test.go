package policy_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	versity "github.com/versity/versitygw/iamapi/policy"
	"github.com/versity/versitygw/iamapi/types"

	"weir/internal/aws/policy"
)

// lines reads a text file without its comments and blank lines.
func lines(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if text := s.Text(); strings.TrimSpace(text) != "" && !strings.HasPrefix(text, "#") {
			out = append(out, text)
		}
	}
	return out
}

// request reads "s3:GetObject arn key=v,w -> effect (versitygw: effect)".
func request(t *testing.T, line string) (r policy.Request, ctx policy.Values, want, theirs string) {
	t.Helper()
	line, theirs, _ = strings.Cut(strings.TrimSuffix(line, ")"), " (versitygw: ")
	text, want, ok := strings.Cut(line, " -> ")
	fields := strings.Fields(text)
	if !ok || len(fields) < 2 {
		t.Fatalf("not a request: %s", line)
	}
	ctx = policy.Values{}
	for _, f := range fields[2:] {
		k, v, _ := strings.Cut(f, "=")
		ctx[k] = strings.Split(v, ",")
	}
	if theirs == "" {
		theirs = want
	}
	return policy.Request{Action: fields[0], Resource: fields[1], Context: ctx}, ctx, want, theirs
}

func effect(e policy.Effect) string { return []string{"nothing", "allow", "deny"}[e] }

// TestTruth runs testdata/truth.txt.
func TestTruth(t *testing.T) {
	var texts []string
	var docs []*policy.Document
	fresh, asked, compared := true, 0, 0
	for _, line := range lines(t, "testdata/truth.txt") {
		if text, ok := strings.CutPrefix(line, "policy "); ok {
			if fresh {
				texts, docs, fresh = nil, nil, false
			}
			d, err := policy.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			texts, docs = append(texts, text), append(docs, d)
			continue
		}
		fresh = true
		r, ctx, want, theirs := request(t, line)
		asked++
		if got := effect(policy.Evaluate(docs, r)); got != want {
			t.Errorf("%s\nof %s\ngot %s", line, strings.Join(texts, "\n   "), got)
		}
		if got, ok := versitySays(texts, r, ctx); ok {
			compared++
			if got != theirs {
				t.Errorf("%s\nof %s\nversitygw has %s", line, strings.Join(texts, "\n   "), got)
			}
		}
	}
	t.Logf("%d requests, %d compared with versitygw", asked, compared)
	if asked < 120 || compared < 100 {
		t.Errorf("only %d requests were asked and %d compared", asked, compared)
	}
}

func versitySays(texts []string, r policy.Request, ctx policy.Values) (string, bool) {
	var entries []types.PolicyEntry
	for _, text := range texts {
		if versity.Parse(text) != nil {
			return "", false
		}
		entries = append(entries, types.PolicyEntry{PolicyDocument: text})
	}
	return effect(policy.Effect(versity.EvaluateIdentityPolicies(entries, versity.RequestContext{Action: r.Action, Resource: r.Resource, Condition: ctx}))), true
}

// TestCheck runs testdata/check.txt.
func TestCheck(t *testing.T) {
	kinds := map[string]policy.Kind{"inline": policy.Inline, "managed": policy.Managed, "trust": policy.Trust}
	all := lines(t, "testdata/check.txt")
	for i := 0; i+1 < len(all); i += 2 {
		kind, text, _ := strings.Cut(all[i], " ")
		want, got := strings.TrimSpace(all[i+1]), "ok"
		k, ok := kinds[kind]
		if !ok {
			t.Fatalf("no kind of policy: %s", all[i])
		}
		d, err := policy.Check(text, k, "aws")
		if err != nil {
			got = err.Error()
		} else if _, perr := policy.Parse(text); perr != nil || d == nil {
			t.Errorf("%s\nis stored and cannot be read back: %v", all[i], perr)
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", all[i], got, want)
		}
	}
}
