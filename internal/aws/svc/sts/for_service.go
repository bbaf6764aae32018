package sts

import (
	"context"
	"time"

	"weir/internal/aws/identity"
	"weir/internal/aws/policy"
	"weir/internal/aws/wire"
)

// Credentials are a session's.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
	Expiration                                 time.Time
}

// AssumeRoleForService is sts:AssumeRole by a service of this server
// ("kinesisanalytics.amazonaws.com"; China's spelling too), on behalf of the
// resource sourceARN ("" when there is none): the role's trust policy must trust
// it, aws:SourceArn and aws:SourceAccount included. The session lasts an hour;
// ask again before it ends. A refusal is AccessDenied or NoSuchEntity and says
// what the trust policy lacks.
func (s *Service) AssumeRoleForService(ctx context.Context, roleARN, service, session, sourceARN string) (Credentials, wire.Principal, error) {
	if err := ctx.Err(); err != nil {
		return Credentials{}, wire.Principal{}, err
	}
	role := s.role(roleARN)
	if role == nil {
		return Credentials{}, wire.Principal{}, wire.Errorf("NoSuchEntity", "The role %s cannot be found.", roleARN)
	}
	account := s.Identities.Account
	conditions := policy.Values{"aws:sourceaccount": {account}, "sts:rolesessionname": {session},
		"aws:principalisawsservice": {"true"}, "aws:principalservicename": {service},
		"aws:currenttime": {s.Clock.Now().UTC().Format(time.RFC3339)}, "aws:securetransport": {"true"}}
	if sourceARN != "" {
		conditions["aws:sourcearn"] = []string{sourceARN}
	}
	request := policy.Request{Action: actionAssume, Context: conditions}
	if effect, _ := role.Trust().EvaluateTrust(policy.Principal{Service: service, Account: account}, request); effect != policy.Allow {
		return Credentials{}, wire.Principal{}, wire.Errorf("AccessDenied",
			"%s is not authorized to perform: %s on resource: %s because the role's trust policy does not allow it (Principal Service %s, with aws:SourceAccount %s and aws:SourceArn %q)",
			service, actionAssume, roleARN, service, account, sourceARN)
	}
	x := &identity.Session{RoleID: role.ID, RoleName: role.Name, Name: session, Expires: s.Clock.Now().Add(time.Hour).Truncate(time.Second)}
	if err := s.Identities.NewSession(x); err != nil {
		return Credentials{}, wire.Principal{}, err
	}
	p, _ := s.Identities.Principal(x)
	return Credentials{x.Key.ID, x.Key.Secret, x.Token, x.Expires}, p, nil
}
