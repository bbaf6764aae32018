package s3_test

import (
	"context"
	"crypto/rand"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"weir/internal/aws/svc/s3"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/vfs"
)

// The keys of the test server: root may do everything; alice may read objects
// of any bucket, and nothing else; the role's session may read and write below
// data/ and is narrowed by a session policy to reading; old has ended.
const (
	rootKey    = "AKIAROOTROOTROOTROOT"
	aliceKey   = "AKIAALICEALICEALICE1"
	sessionKey = "ASIASESSIONSESSION01"
	oldKey     = "ASIAOLDOLDOLDOLDOLD1"
	secret     = "secret/secret+secret"
	token      = "the-session-token=="
)

type keyring struct{ partition string }

func (k keyring) Credentials(_ context.Context, access string) (string, string, wire.Principal, time.Time, error) {
	const account = "012345678901"
	arn := func(rest string) string { return "arn:" + k.partition + ":" + rest }
	switch access {
	case rootKey:
		return secret, "", wire.Principal{ARN: arn("iam::" + account + ":root"), Account: account, Root: true}, time.Time{}, nil
	case aliceKey:
		return secret, "", wire.Principal{ARN: arn("iam::" + account + ":user/alice"), Account: account, UserName: "alice"}, time.Time{}, nil
	case sessionKey, oldKey:
		end := time.Now().Add(time.Hour)
		if access == oldKey {
			end = time.Now().Add(-time.Hour)
		}
		p := wire.Principal{ARN: arn("sts::" + account + ":assumed-role/writer/one"), Account: account, RoleName: "writer"}
		return secret, token, p, end, nil
	}
	return "", "", wire.Principal{}, time.Time{}, wire.ErrUnknownKey
}

// rights are the policies of alice and the role.
type rights struct{ partition string }

func (r rights) Evaluate(c *wire.Call, action, resource string) (s3.Verdict, error) {
	prefix := "arn:" + r.partition + ":s3:::"
	key, isObject := strings.CutPrefix(resource, prefix)
	reads := strings.HasPrefix(action, "s3:Get")
	switch {
	case !isObject: // an ARN of another partition is nobody's
		return s3.Verdict{}, nil
	case c.Principal.UserName == "alice" && strings.Contains(key, "/denied"):
		return s3.Verdict{Identity: s3.Deny}, nil
	case c.Principal.UserName == "alice" && reads && strings.Contains(key, "/"):
		return s3.Verdict{Identity: s3.Allow}, nil
	case c.Principal.UserName == "alice" && action == "s3:ListBucket" && len(c.Conditions["s3:prefix"]) == 1 && c.Conditions["s3:prefix"][0] == "public/":
		return s3.Verdict{Identity: s3.Allow}, nil
	case c.Principal.RoleName == "writer" && strings.Contains(key, "/data/"):
		v := s3.Verdict{Identity: s3.Allow, HasSession: true}
		if reads {
			v.Session = s3.Allow
		}
		return v, nil
	}
	return s3.Verdict{HasSession: c.Principal.RoleName != ""}, nil
}

// serve starts S3 in a region and gives its address.
func serve(t testing.TB, region string) (string, *s3.Service) {
	t.Helper()
	return serveDir(t, region, t.TempDir())
}

func serveDir(t testing.TB, region, dir string) (string, *s3.Service) {
	t.Helper()
	partition := "aws"
	if strings.HasPrefix(region, "cn-") {
		partition = "aws-cn"
	}
	svc, err := s3.New(s3.Deps{
		FS: vfs.OS(), Dir: dir, Clock: clock.System{}, Rand: rand.Reader,
		Account: "012345678901", Region: region, Partition: partition,
		Credentials: keyring{partition}, Evaluator: rights{partition},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(svc.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := svc.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL, svc
}
