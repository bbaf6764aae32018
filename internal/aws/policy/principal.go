package policy

import (
	"slices"
	"strings"
)

// Principal is who asks a trust policy: a service, or a caller with ARNs.
type Principal struct {
	// ARNs are the caller's own: a user's; a session's and its role's.
	ARNs []string
	// Account is the caller's.
	Account string
	// Service is kinesisanalytics.amazonaws.com and the like; "" for a caller.
	Service string
}

// principals are whom a statement of a trust policy names.
type principals struct {
	aws      []string
	services []string
}

// grant is how a statement names a principal.
type grant uint8

const (
	notNamed grant = iota
	byAccount
	byName
)

// plainService drops what China's service principals have at their end.
func plainService(name string) string {
	if base, ok := strings.CutSuffix(name, ".amazonaws.com.cn"); ok {
		return base + ".amazonaws.com"
	}
	return name
}

func (ps *principals) names(p Principal) grant {
	if p.Service != "" {
		if slices.Contains(ps.services, plainService(p.Service)) {
			return byName
		}
		return notNamed
	}
	found := notNamed
	for _, v := range ps.aws {
		switch {
		case v == "*" || slices.Contains(p.ARNs, v):
			return byName
		case v == p.Account || strings.HasPrefix(v, "arn:") && strings.HasSuffix(v, ":iam::"+p.Account+":root"):
			found = byAccount
		}
	}
	return found
}

// EvaluateTrust is what a role's trust policy says of a principal's action.
// Delegated says that only the account as a whole was trusted, so that the
// caller's own policies must allow the action too.
func (d *Document) EvaluateTrust(p Principal, r Request) (e Effect, delegated bool) {
	action := strings.ToLower(r.Action)
	for i := range d.statements {
		st := &d.statements[i]
		named := st.principals.names(p)
		if named == notNamed || !st.coversAction(action, r.Context) || !st.holds(r.Context) {
			continue
		}
		if st.effect == Deny {
			return Deny, false
		}
		delegated = named == byAccount && (e == NoMatch || delegated)
		e = Allow
	}
	return e, delegated
}

// AWSPrincipals are the ARNs and accounts a trust policy names, but "*".
func (d *Document) AWSPrincipals() []string {
	var out []string
	for i := range d.statements {
		for _, v := range d.statements[i].principals.aws {
			if v != "*" {
				out = append(out, v)
			}
		}
	}
	return out
}
