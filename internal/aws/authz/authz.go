// Package authz decides whether a call may be made: it asks the policies of its
// principal, as AWS evaluates them within one account.
//
// Vocabulary. A Verdict is what each kind of policy says of one action on one
// resource: the identity's own, its permissions boundary, its session's. An
// explicit deny of any kind refuses; else the identity's must allow, and the
// boundary and the session policies too where there are such. Root is never
// asked. Resource policies are their services' business: S3 combines a bucket's
// policy with a Verdict, svc/sts a role's trust policy.
//
// A refusal is an AccessDeniedException in AWS's words, which name the principal,
// the action, the resource and the kind of policy; nothing is read or written
// before a decision, and what cannot be decided is refused.
package authz

import (
	"errors"
	"fmt"
	"strings"

	"weir/internal/aws/identity"
	"weir/internal/aws/policy"
	"weir/internal/aws/wire"
)

// Authorizer asks identity policies. It implements wire.Authorizer.
type Authorizer struct {
	ids *identity.Store
	// note is told of a use that could not be kept.
	note func(error)
}

// New makes an Authorizer over the identities; note is told when the last use of
// a key cannot be kept, which refuses nobody.
func New(ids *identity.Store, note func(error)) *Authorizer {
	if note == nil {
		note = func(error) {}
	}
	return &Authorizer{ids, note}
}

// Verdict is what a principal's policies say of one action on one resource.
type Verdict struct {
	Identity policy.Effect
	// Boundary is the permissions boundary's, asked when HasBoundary.
	Boundary    policy.Effect
	HasBoundary bool
	// Session is the session policies', asked when HasSession.
	Session    policy.Effect
	HasSession bool
}

// Allowed tells whether identity policies alone let the action be done.
func (v Verdict) Allowed() bool {
	return v.Identity == policy.Allow && (!v.HasBoundary || v.Boundary == policy.Allow) && (!v.HasSession || v.Session == policy.Allow)
}

// Owned is the identity's effect with its boundary taken into account, for
// whoever combines it with a resource's policy.
func (v Verdict) Owned() policy.Effect {
	switch {
	case v.HasBoundary && v.Boundary == policy.Deny:
		return policy.Deny
	case v.HasBoundary && v.Boundary == policy.NoMatch && v.Identity == policy.Allow:
		return policy.NoMatch
	}
	return v.Identity
}

// why is the end of the sentence that refuses.
func (v Verdict) why(action string) string {
	const explicit = "with an explicit deny in "
	switch {
	case v.Identity == policy.Deny:
		return explicit + "an identity-based policy"
	case v.HasBoundary && v.Boundary == policy.Deny:
		return explicit + "a permissions boundary"
	case v.HasSession && v.Session == policy.Deny:
		return explicit + "a session policy"
	case v.Identity == policy.NoMatch:
		return "because no identity-based policy allows the " + action + " action"
	case v.HasBoundary && v.Boundary == policy.NoMatch:
		return "because no permissions boundary allows the " + action + " action"
	}
	return "because no session policy allows the " + action + " action"
}

// Denied is AWS's refusal; why is the end of its sentence, "" for none.
func Denied(p wire.Principal, action, resource, why string) *wire.Error {
	text := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", p.ARN, action, resource)
	if why != "" {
		text += " " + why
	}
	return wire.Errorf("AccessDeniedException", "%s", text)
}

// Authorize implements wire.Authorizer: every resource must be allowed.
func (a *Authorizer) Authorize(c *wire.Call, action string, resources []string) error {
	if c.Principal.Root {
		return nil
	}
	g, err := a.granted(c)
	if err != nil {
		return err
	}
	if g.Temporary != nil && g.Temporary.UserID != "" && strings.HasPrefix(action, "iam:") {
		// As on AWS: GetSessionToken's credentials reach IAM with MFA only.
		return wire.Errorf("UnrecognizedClientException", "The security token included in the request is invalid")
	}
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	for _, r := range resources {
		if v := evaluate(c, &g, action, r); !v.Allowed() {
			return Denied(c.Principal, action, r, v.why(action))
		}
	}
	a.used(c, &g)
	return nil
}

// Evaluate asks the principal's policies of one action on one resource; root may
// do everything.
func (a *Authorizer) Evaluate(c *wire.Call, action, resource string) (Verdict, error) {
	if c.Principal.Root {
		return Verdict{Identity: policy.Allow}, nil
	}
	g, err := a.granted(c)
	if err != nil {
		return Verdict{}, err
	}
	a.used(c, &g)
	return evaluate(c, &g, action, resource), nil
}

func (a *Authorizer) granted(c *wire.Call) (identity.Granted, error) {
	g, err := a.ids.Granted(c.Principal)
	if errors.Is(err, identity.ErrGone) {
		return g, wire.Errorf("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	return g, err
}

func evaluate(c *wire.Call, g *identity.Granted, action, resource string) Verdict {
	r := policy.Request{Action: action, Resource: resource, Context: &callContext{c: c, g: g}}
	v := Verdict{Identity: policy.Evaluate(g.Identity, r), HasBoundary: g.HasBoundary, HasSession: g.HasSession}
	if g.HasBoundary {
		v.Boundary = policy.Evaluate(g.Boundary, r)
	}
	if g.HasSession {
		v.Session = policy.Evaluate(g.Session, r)
	}
	return v
}

// used notes the use of a key and of its role.
func (a *Authorizer) used(c *wire.Call, g *identity.Granted) {
	u := identity.Usage{ID: c.Principal.AccessKey, Service: c.Service, Region: c.Region, At: c.Now}
	if g.Owner != nil && c.Principal.RoleName != "" {
		u.ID = g.Owner.ID
	}
	if err := a.ids.Used(u); err != nil {
		a.note(fmt.Errorf("keeping the last use of %s: %w", u.ID, err))
	}
}
