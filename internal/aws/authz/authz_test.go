package authz_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"weir/internal/aws/authz"
	"weir/internal/aws/gateway"
	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/identity"
	"weir/internal/aws/policy"
	"weir/internal/aws/store"
	"weir/internal/aws/svc/iam"
	"weir/internal/aws/svc/kinesis"
	"weir/internal/aws/svc/sts"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/vfs"
)

func start() time.Time { return time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) }

// open opens the identities of a region on a file system.
func open(t testing.TB, fs vfs.FS, clk clock.Clock, region string) (*identity.Store, *store.DB) {
	t.Helper()
	db, err := store.Open(fs, "meta")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := identity.Open(identity.Deps{DB: db, Clock: clk, Rand: rand.Reader, Account: gatewaytest.Account,
		Partition: gateway.Partition(region), RootAccessKey: gatewaytest.RootAccessKey, RootSecret: gatewaytest.RootSecret})
	if err != nil {
		t.Fatal(err)
	}
	return ids, db
}

func TestScripts(t *testing.T) {
	gatewaytest.RunScripts(t, "testdata", func(t testing.TB) *gatewaytest.Server {
		clk := clock.NewManual(start())
		ids, db := open(t, vfs.NewMem(), clk, "us-east-1")
		streams, err := kinesis.New(kinesis.Deps{DB: db, Clock: clk, FS: vfs.NewMem(), Dir: "records", Rand: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := errors.Join(streams.Close(), db.Close()); err != nil {
				t.Error(err)
			}
		})
		auth := authz.New(ids, func(err error) { t.Error(err) })
		return gatewaytest.Start(t, gatewaytest.Options{Clock: clk, Credentials: ids, Authorizer: auth},
			iam.New(iam.Deps{Identities: ids, Clock: clk}), sts.New(sts.Deps{Identities: ids, Authorizer: auth, Clock: clk}), streams)
	})
}

const trustKDA = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"kinesisanalytics.amazonaws.com"},` +
	`"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"012345678901"},` +
	`"ArnLike":{"aws:SourceArn":"arn:aws-cn:kinesisanalytics:*:012345678901:application/avg-*"}}}]}`

// applicationRole makes a role as the console makes one for an application, in China.
func applicationRole(t testing.TB, ids *identity.Store) *identity.Role {
	t.Helper()
	document, err := os.ReadFile("testdata/application-role.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, kind := range map[string]policy.Kind{string(document): policy.Inline, trustKDA: policy.Trust} {
		if _, err := policy.Check(text, kind, "aws-cn"); err != nil {
			t.Fatal(err)
		}
	}
	r := &identity.Role{Owner: identity.Owner{Name: "averages", Path: "/service-role/", ID: "AROAAAAAAAAAAAAAAAAAA",
		Inline: map[string]string{"p": string(document)}}, TrustPolicy: trustKDA, MaxSession: time.Hour}
	if err := ids.Change(func(c *identity.Change) error { c.PutRole(r); return nil }); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestApplicationRole holds such a role to its policy: what the
// application does is allowed, what it does not is refused in AWS's words.
func TestApplicationRole(t *testing.T) {
	clk := clock.NewManual(start())
	ids, db := open(t, vfs.NewMem(), clk, "cn-north-1")
	defer func() { _ = db.Close() }()
	auth := authz.New(ids, func(err error) { t.Error(err) })
	service := sts.New(sts.Deps{Identities: ids, Authorizer: auth, Clock: clk})
	role := applicationRole(t, ids)
	app := "arn:aws-cn:kinesisanalytics:cn-north-1:012345678901:application/avg-1m"
	ctx := context.Background()
	for _, principal := range []string{"kinesisanalytics.amazonaws.com", "kinesisanalytics.amazonaws.com.cn"} {
		if _, _, err := service.AssumeRoleForService(ctx, role.ARN, principal, "s", app); err != nil {
			t.Errorf("%s: %v", principal, err)
		}
	}
	for _, refused := range [][3]string{
		{role.ARN, "glue.amazonaws.com", app},
		{role.ARN, "kinesisanalytics.amazonaws.com", strings.Replace(app, "avg-", "other-", 1)},
		{role.ARN, "kinesisanalytics.amazonaws.com", ""},
		{strings.Replace(role.ARN, "aws-cn", "aws", 1), "kinesisanalytics.amazonaws.com", app},
	} {
		if _, _, err := service.AssumeRoleForService(ctx, refused[0], refused[1], "s", refused[2]); err == nil {
			t.Errorf("%v may assume the role", refused)
		}
	}
	_, p, err := service.AssumeRoleForService(ctx, role.ARN, "kinesisanalytics.amazonaws.com", "avg-1m", app)
	if err != nil {
		t.Fatal(err)
	}
	if want := "arn:aws-cn:sts::012345678901:assumed-role/averages/avg-1m"; p.ARN != want {
		t.Errorf("session %s, want %s", p.ARN, want)
	}
	call := &wire.Call{Context: ctx, Account: gatewaytest.Account, Region: "cn-north-1", Partition: "aws-cn", Principal: p, Now: clk.Now(), Authorizer: auth}
	const stream, group = "arn:aws-cn:kinesis:cn-north-1:012345678901:stream/", "arn:aws-cn:logs:cn-north-1:012345678901:log-group:"
	const demo = group + "/aws/kinesis-analytics/averages:log-stream:"
	for _, c := range []struct {
		action, resource string
		allowed          bool
	}{
		{"s3:GetObject", "arn:aws-cn:s3:::ticks/code/averages.zip", true},
		{"s3:GetObjectVersion", "arn:aws-cn:s3:::ticks/code/averages.zip", true},
		{"s3:GetObjectVersion", "arn:aws-cn:s3:::ticks/other", true}, // s3:GetObject* of Output
		{"s3:PutObject", "arn:aws-cn:s3:::ticks/ticker=AAPL/part-0", true},
		{"s3:AbortMultipartUpload", "arn:aws-cn:s3:::ticks/x", true},
		{"s3:ListBucket", "arn:aws-cn:s3:::ticks", true},
		{"s3:PutObject", "arn:aws-cn:s3:::other/x", false},
		{"s3:PutObject", "arn:aws:s3:::ticks/x", false},
		{"s3:PutObjectTagging", "arn:aws-cn:s3:::ticks/x", false},
		{"kinesis:GetRecords", stream + "ticks", true},
		{"kinesis:DescribeStream", stream + "ticks", true},
		{"kinesis:GetRecords", stream + "ticks2", false},
		{"logs:PutLogEvents", demo + "app", true},
		{"logs:PutLogEvents", demo + "other", false},
		{"logs:DescribeLogStreams", demo + "x", true},
		{"logs:DescribeLogGroups", group + "x", true},
		{"logs:CreateLogStream", demo + "app", false},
		{"glue:GetTable", "*", false},
	} {
		err := call.May(c.action, c.resource)
		if (err == nil) != c.allowed {
			t.Errorf("%s on %s: %v", c.action, c.resource, err)
		}
		want := "AccessDeniedException: User: " + p.ARN + " is not authorized to perform: " + c.action + " on resource: " + c.resource +
			" because no identity-based policy allows the " + c.action + " action"
		if err != nil && err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if err := call.MayPassRole(role.ARN, "glue.amazonaws.com"); err == nil {
		t.Error("the role may pass itself on")
	}
}

// TestPassRole: the service a role may be passed to is a condition.
func TestPassRole(t *testing.T) {
	clk := clock.NewManual(start())
	ids, db := open(t, vfs.NewMem(), clk, "us-east-1")
	defer func() { _ = db.Close() }()
	u := &identity.User{Owner: identity.Owner{Name: "ann", Path: "/", ID: "AIDAAAAAAAAAAAAAAAAAA", Inline: map[string]string{"p": `{"Version":"2012-10-17","Statement":[` +
		`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/app","Condition":{"StringEquals":{"iam:PassedToService":"kinesisanalytics.amazonaws.com"}}}]}`}}}
	if err := ids.Change(func(c *identity.Change) error { c.PutUser(u); return nil }); err != nil {
		t.Fatal(err)
	}
	call := &wire.Call{Context: context.Background(), Principal: wire.Principal{ARN: u.ARN, UserName: "ann", AccessKey: "k"}, Now: clk.Now(), Authorizer: authz.New(ids, nil)}
	app := "arn:aws:iam::012345678901:role/app"
	if err := call.MayPassRole(app, "kinesisanalytics.amazonaws.com"); err != nil {
		t.Error(err)
	}
	if err := call.MayPassRole(app, "glue.amazonaws.com"); err == nil {
		t.Error("the role may be passed to another service")
	}
	if err := call.MayPassRole(app+"2", "kinesisanalytics.amazonaws.com"); err == nil {
		t.Error("another role may be passed")
	}
}

// TestRestart: what was made is there after the server was killed.
func TestRestart(t *testing.T) {
	clk, fs := clock.NewManual(start()), vfs.NewMem()
	ids, db := open(t, fs, clk, "cn-north-1")
	auth := authz.New(ids, nil)
	role := applicationRole(t, ids)
	service := sts.New(sts.Deps{Identities: ids, Authorizer: auth, Clock: clk})
	app := "arn:aws-cn:kinesisanalytics:cn-north-1:012345678901:application/avg-1m"
	made, p, err := service.AssumeRoleForService(context.Background(), role.ARN, "kinesisanalytics.amazonaws.com", "s", app)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	ids, db = open(t, fs, clk, "cn-north-1")
	defer func() { _ = db.Close() }()
	secret, token, again, expiry, err := ids.Credentials(context.Background(), made.AccessKeyID)
	if err != nil || secret != made.SecretAccessKey || token != made.SessionToken || again.ARN != p.ARN || !expiry.Equal(made.Expiration) {
		t.Errorf("after the restart: %v %v %v", again, expiry, err)
	}
	call := &wire.Call{Principal: again, Now: clk.Now()}
	if err := authz.New(ids, nil).Authorize(call, "s3:ListBucket", []string{"arn:aws-cn:s3:::ticks"}); err != nil {
		t.Error(err)
	}
	// Long after its end a session is forgotten, with the next one made.
	clk.Advance(48 * time.Hour)
	service = sts.New(sts.Deps{Identities: ids, Authorizer: authz.New(ids, nil), Clock: clk})
	if _, _, err := service.AssumeRoleForService(context.Background(), role.ARN, "kinesisanalytics.amazonaws.com", "s", app); err != nil {
		t.Fatal(err)
	}
	if _, _, _, _, err := ids.Credentials(context.Background(), made.AccessKeyID); !errors.Is(err, wire.ErrUnknownKey) {
		t.Errorf("an old session: %v", err)
	}
}

// BenchmarkRequest is what every request costs: its key looked up, its policies asked.
func BenchmarkRequest(b *testing.B) {
	clk := clock.NewManual(start())
	ids, db := open(b, vfs.NewMem(), clk, "cn-north-1")
	defer func() { _ = db.Close() }()
	auth := authz.New(ids, nil)
	service := sts.New(sts.Deps{Identities: ids, Authorizer: auth, Clock: clk})
	role := applicationRole(b, ids)
	c, _, err := service.AssumeRoleForService(context.Background(), role.ARN, "kinesisanalytics.amazonaws.com", "s",
		"arn:aws-cn:kinesisanalytics:cn-north-1:012345678901:application/avg-1m")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, _, p, _, err := ids.Credentials(context.Background(), c.AccessKeyID)
		if err != nil {
			b.Fatal(err)
		}
		call := &wire.Call{Principal: p, Service: "kinesis", Region: "cn-north-1", Now: clk.Now()}
		if err := auth.Authorize(call, "kinesis:GetRecords", []string{"arn:aws-cn:kinesis:cn-north-1:012345678901:stream/ticks"}); err != nil {
			b.Fatal(err)
		}
	}
}
