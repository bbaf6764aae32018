package authz

import (
	"strconv"
	"strings"
	"time"

	"weir/internal/aws/identity"
	"weir/internal/aws/policy"
	"weir/internal/aws/wire"
)

// callContext answers for the condition keys of a call; nothing is computed
// before a policy asks for it.
type callContext struct {
	c *wire.Call
	g *identity.Granted
}

var _ policy.Context = (*callContext)(nil)

// Values implements policy.Context. What is known of the call itself goes before
// what a service adds in Conditions.
func (x *callContext) Values(key string) []string {
	if tag, ok := strings.CutPrefix(key, "aws:principaltag/"); ok {
		return x.principalTag(tag)
	}
	if v := x.value(key); v != "" {
		return []string{v}
	}
	for k, v := range x.c.Conditions {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return nil
}

// value is the value of a key that has one at most, "" when the call lacks it.
func (x *callContext) value(key string) string {
	p, temporary := &x.c.Principal, x.g.Temporary
	switch key {
	case "aws:sourceip":
		return x.c.SourceIP
	case "aws:securetransport":
		return strconv.FormatBool(x.c.Secure)
	case "aws:currenttime":
		return x.c.Now.UTC().Format(time.RFC3339)
	case "aws:epochtime":
		return strconv.FormatInt(x.c.Now.Unix(), 10)
	case "aws:useragent":
		return x.c.UserAgent
	case "aws:requestedregion":
		return x.c.Region
	case "aws:principalarn":
		return x.g.ARN
	case "aws:principalaccount":
		return p.Account
	case "aws:principaltype":
		return principalType(p)
	case "aws:principalisawsservice", "aws:viaawsservice":
		return "false"
	case "aws:userid":
		return p.UserID
	case "aws:username":
		return p.UserName
	}
	if temporary == nil {
		return ""
	}
	switch key {
	case "aws:tokenissuetime":
		return temporary.Key.Created.UTC().Format(time.RFC3339)
	case "aws:multifactorauthpresent":
		return "false"
	case "aws:sourceidentity":
		return temporary.SourceIdentity
	}
	return ""
}

func principalType(p *wire.Principal) string {
	switch {
	case p.Root:
		return "Account"
	case p.RoleName != "":
		return "AssumedRole"
	}
	return "User"
}

// principalTag is a tag of the session or, where it has none of that key, of the
// user or role; keys of tags are found in any case.
func (x *callContext) principalTag(key string) []string {
	find := func(tags []identity.Tag) []string {
		for _, t := range tags {
			if strings.EqualFold(t.Key, key) {
				return []string{t.Value}
			}
		}
		return nil
	}
	if x.g.Temporary != nil {
		if v := find(x.g.Temporary.Tags); v != nil {
			return v
		}
	}
	if x.g.Owner == nil {
		return nil
	}
	return find(x.g.Owner.Tags)
}

// Context has the condition keys of a call by a principal, for a resource's
// policy that somebody else evaluates.
func (a *Authorizer) Context(c *wire.Call) (policy.Context, error) {
	g, err := a.granted(c)
	if err != nil {
		return nil, err
	}
	return &callContext{c, &g}, nil
}
