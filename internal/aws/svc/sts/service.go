// Package sts is the Security Token Service: who a caller is, and sessions of
// roles, of users and of root.
//
// Vocabulary is AWS's. A role's trust policy says who may assume it; where it
// trusts only the account, the caller's own policies must allow sts:AssumeRole
// too. A session of a role assumed with a session's credentials is chained.
//
// Invariants. Credentials are durable before they are answered; nobody outside
// the package makes them. Whether a role exists cannot be told from a refusal.
//
// One difference from AWS, because the root key is the only key a fresh server
// has: root may assume a role that trusts the account, which AWS always refuses.
package sts

import (
	api "weir/internal/aws/api/sts"
	"weir/internal/aws/authz"
	"weir/internal/aws/identity"
	"weir/internal/aws/wire"
	"weir/internal/clock"
)

// Deps is what the service works with.
type Deps struct {
	Identities *identity.Store
	Authorizer *authz.Authorizer
	Clock      clock.Clock
}

// Service is STS.
type Service struct{ Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// Name implements wire.Service.
func (s *Service) Name() string { return "sts" }

// Ops implements wire.Service.
func (s *Service) Ops() wire.Ops {
	return wire.Ops{
		"AssumeRole":        wire.Handle(s.assumeRole),
		"GetCallerIdentity": wire.Handle(s.getCallerIdentity),
		"GetSessionToken":   wire.Handle(s.getSessionToken),
	}
}

// Authorizes implements wire.SelfAuthorizer: the trust policy decides who may
// assume a role.
func (s *Service) Authorizes(op string) bool { return op == "AssumeRole" }

// Resources implements wire.Service.
func (s *Service) Resources(_ *wire.Call, _ string, in any) []string {
	if in, ok := in.(*api.AssumeRoleRequest); ok {
		return []string{in.RoleArn}
	}
	return nil
}

func (s *Service) getCallerIdentity(c *wire.Call, _ *api.GetCallerIdentityRequest) (*api.GetCallerIdentityResponse, error) {
	p := c.Principal
	return &api.GetCallerIdentityResponse{UserId: &p.UserID, Account: &p.Account, Arn: &p.ARN}, nil
}
