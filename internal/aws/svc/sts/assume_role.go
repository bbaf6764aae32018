package sts

import (
	"slices"
	"strings"
	"time"

	api "weir/internal/aws/api/sts"
	"weir/internal/aws/authz"
	"weir/internal/aws/identity"
	"weir/internal/aws/policy"
	"weir/internal/aws/wire"
)

const (
	actionAssume   = "sts:AssumeRole"
	actionTag      = "sts:TagSession"
	actionIdentity = "sts:SetSourceIdentity"

	defaultDuration = time.Hour
	chainedDuration = time.Hour
	// maxSessionPolicy is the longest session policy.
	maxSessionPolicy = 2048
	maxPolicyARNs    = 10
	maxTags          = 50
)

func (s *Service) assumeRole(c *wire.Call, in *api.AssumeRoleRequest) (*api.AssumeRoleResponse, error) {
	role := s.role(in.RoleArn)
	if role == nil {
		return nil, authz.Denied(c.Principal, actionAssume, in.RoleArn, "")
	}
	x, err := s.newSession(c, in, role)
	if err != nil {
		return nil, err
	}
	for _, action := range actions(in, x) {
		if err := s.trusted(c, in, role, action); err != nil {
			return nil, err
		}
	}
	if in.SerialNumber != nil || in.TokenCode != nil {
		return nil, wire.Errorf("AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.")
	}
	if len(in.ProvidedContexts) > 0 {
		return nil, wire.Errorf("ValidationError", "ProvidedContexts: Weir has no identity provider that could vouch for a context; leave it out")
	}
	if x.Expires, err = s.expiry(c, in, role); err != nil {
		return nil, err
	}
	if err := s.Identities.NewSession(x); err != nil {
		return nil, err
	}
	p, _ := s.Identities.Principal(x)
	out := &api.AssumeRoleResponse{
		Credentials:     credentials(x),
		AssumedRoleUser: &api.AssumedRoleUser{AssumedRoleId: role.ID + ":" + x.Name, Arn: p.ARN},
		SourceIdentity:  in.SourceIdentity,
	}
	if n := len(in.PolicyArns)*128 + len(strings.Join(x.Policies, "")); n > 0 {
		out.PackedPolicySize = new(int32((n*100 + maxSessionPolicy - 1) / maxSessionPolicy))
	}
	return out, nil
}

// actions are what the role's trust policy must allow for a request.
func actions(in *api.AssumeRoleRequest, x *identity.Session) []string {
	out := []string{actionAssume}
	if len(x.Tags) > 0 {
		out = append(out, actionTag)
	}
	if in.SourceIdentity != nil {
		out = append(out, actionIdentity)
	}
	return out
}

// role is the role of an ARN, nil when it does not exist here.
func (s *Service) role(arn string) *identity.Role {
	r, ok := s.Identities.Role(arn[strings.LastIndexByte(arn, '/')+1:])
	if !ok || r.ARN != arn {
		return nil
	}
	return r
}

// trusted asks the trust policy, and the caller's own policies when it trusts
// the account as a whole.
func (s *Service) trusted(c *wire.Call, in *api.AssumeRoleRequest, role *identity.Role, action string) error {
	asked := *c
	asked.Conditions = trustConditions(in)
	ctx, err := s.Authorizer.Context(&asked)
	if err != nil {
		return err
	}
	own, err := s.Authorizer.Evaluate(&asked, action, role.ARN)
	if err != nil {
		return err
	}
	effect, delegated := role.Trust().EvaluateTrust(s.principal(c), policy.Request{Action: action, Context: ctx})
	refused := func(why string) error { return authz.Denied(c.Principal, action, role.ARN, why) }
	switch {
	case effect == policy.Deny:
		return refused("with an explicit deny in a resource-based policy")
	case own.Identity == policy.Deny:
		return refused("with an explicit deny in an identity-based policy")
	case own.HasBoundary && own.Boundary == policy.Deny:
		return refused("with an explicit deny in a permissions boundary")
	case own.HasSession && own.Session != policy.Allow:
		return refused("because no session policy allows the " + action + " action")
	case effect != policy.Allow || delegated && !own.Allowed():
		return refused("")
	}
	return nil
}

// principal is a caller as trust policies name it.
func (s *Service) principal(c *wire.Call) policy.Principal {
	p := policy.Principal{ARNs: []string{c.Principal.ARN}, Account: c.Principal.Account}
	if c.Principal.RoleName != "" {
		if r, ok := s.Identities.Role(c.Principal.RoleName); ok {
			p.ARNs = append(p.ARNs, r.ARN)
		}
	}
	return p
}

func trustConditions(in *api.AssumeRoleRequest) map[string][]string {
	m := map[string][]string{"sts:RoleSessionName": {in.RoleSessionName}}
	if in.ExternalId != nil {
		m["sts:ExternalId"] = []string{*in.ExternalId}
	}
	if in.SourceIdentity != nil {
		m["sts:SourceIdentity"] = []string{*in.SourceIdentity}
	}
	for _, t := range in.Tags {
		m["aws:RequestTag/"+t.Key] = []string{t.Value}
		m["aws:TagKeys"] = append(m["aws:TagKeys"], t.Key)
	}
	if len(in.TransitiveTagKeys) > 0 {
		m["sts:TransitiveTagKeys"] = in.TransitiveTagKeys
	}
	return m
}

// newSession is the session a request asks for, without its credentials.
func (s *Service) newSession(c *wire.Call, in *api.AssumeRoleRequest, role *identity.Role) (*identity.Session, error) {
	x := &identity.Session{RoleID: role.ID, RoleName: role.Name, Name: in.RoleSessionName, TransitiveTags: in.TransitiveTagKeys}
	if in.SourceIdentity != nil {
		x.SourceIdentity = *in.SourceIdentity
	}
	if in.Policy != nil {
		if len(*in.Policy) > maxSessionPolicy {
			return nil, wire.Errorf("PackedPolicyTooLarge", "Packed policy consumes %d%% of allotted space, please use smaller policy.", len(*in.Policy)*100/maxSessionPolicy)
		}
		if _, err := policy.Check(*in.Policy, policy.Inline, c.Partition); err != nil {
			return nil, wire.Errorf("MalformedPolicyDocument", "%s", err)
		}
		x.Policies = []string{*in.Policy}
	}
	if len(in.PolicyArns) > maxPolicyARNs {
		return nil, wire.Errorf("ValidationError", "The number of session policy ARNs must be at most %d", maxPolicyARNs)
	}
	for _, d := range in.PolicyArns {
		if d.Arn == nil {
			return nil, wire.Errorf("ValidationError", "PolicyArns: every entry needs an arn")
		}
		if _, ok := s.Identities.Policy(*d.Arn); !ok {
			return nil, wire.Errorf("InvalidParameterValue", "Policy %s does not exist or is not attachable.", *d.Arn)
		}
		x.PolicyARNs = append(x.PolicyARNs, *d.Arn)
	}
	return x, s.tags(c, in, x)
}

// tags are the request's and those a chained session inherits.
func (s *Service) tags(c *wire.Call, in *api.AssumeRoleRequest, x *identity.Session) error {
	for _, t := range in.Tags {
		same := func(o identity.Tag) bool { return strings.EqualFold(o.Key, t.Key) }
		if slices.ContainsFunc(x.Tags, same) {
			return wire.Errorf("InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		x.Tags = append(x.Tags, identity.Tag{Key: t.Key, Value: t.Value})
	}
	g, err := s.Identities.Granted(c.Principal)
	if err != nil {
		return err
	}
	if from := g.Temporary; from != nil {
		for _, t := range from.Tags {
			if slices.Contains(from.TransitiveTags, t.Key) {
				x.Tags = append(x.Tags, t)
				x.TransitiveTags = append(x.TransitiveTags, t.Key)
			}
		}
		if x.SourceIdentity == "" {
			x.SourceIdentity = from.SourceIdentity
		}
	}
	if len(x.Tags) > maxTags {
		return wire.Errorf("ValidationError", "A session may have at most %d tags", maxTags)
	}
	return nil
}

// expiry is when the session ends.
func (s *Service) expiry(c *wire.Call, in *api.AssumeRoleRequest, role *identity.Role) (time.Time, error) {
	d := defaultDuration
	if in.DurationSeconds != nil {
		d = time.Duration(*in.DurationSeconds) * time.Second
	}
	switch {
	case c.Principal.RoleName != "" && d > chainedDuration:
		return time.Time{}, wire.Errorf("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	case d > role.MaxSession:
		return time.Time{}, wire.Errorf("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	return s.Clock.Now().Add(d).Truncate(time.Second), nil
}

func credentials(x *identity.Session) *api.Credentials {
	return &api.Credentials{AccessKeyId: x.Key.ID, SecretAccessKey: x.Key.Secret, SessionToken: x.Token, Expiration: x.Expires}
}
