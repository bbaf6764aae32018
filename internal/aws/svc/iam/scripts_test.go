package iam_test

import (
	"crypto/rand"
	"testing"
	"time"

	"weir/internal/aws/authz"
	"weir/internal/aws/gateway"
	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/identity"
	"weir/internal/aws/store"
	"weir/internal/aws/svc/iam"
	"weir/internal/clock"
	"weir/internal/vfs"
)

func TestScripts(t *testing.T) {
	gatewaytest.RunScripts(t, "testdata", func(t testing.TB) *gatewaytest.Server {
		clk := clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))
		db, err := store.Open(vfs.NewMem(), "meta")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		ids, err := identity.Open(identity.Deps{DB: db, Clock: clk, Rand: rand.Reader, Account: gatewaytest.Account,
			Partition: gateway.Partition("us-east-1"), RootAccessKey: gatewaytest.RootAccessKey, RootSecret: gatewaytest.RootSecret})
		if err != nil {
			t.Fatal(err)
		}
		return gatewaytest.Start(t, gatewaytest.Options{Clock: clk, Credentials: ids, Authorizer: authz.New(ids, func(err error) { t.Error(err) })},
			iam.New(iam.Deps{Identities: ids, Clock: clk}))
	})
}
