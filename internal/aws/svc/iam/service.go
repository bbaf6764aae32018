// Package iam is Identity and Access Management: users and their access keys,
// roles, inline and managed policies.
//
// Vocabulary is IAM's; what a user and a role have in common is an
// identity.Owner. Policy documents are checked when they are stored and come
// back as they were written, percent-encoded as IAM has them.
//
// Invariants. A change is durable before it is answered and in force with the
// next request. A managed policy that is attached, or is somebody's boundary,
// stays. There are no groups and no instance profiles: what would list them is
// empty, and nothing makes them.
//
// The package holds IAM's rules only: identity keeps, policy judges documents,
// authz decides on requests.
package iam

import (
	"reflect"
	"strings"

	api "weir/internal/aws/api/iam"
	"weir/internal/aws/identity"
	"weir/internal/aws/wire"
	"weir/internal/clock"
)

// Deps is what the service works with.
type Deps struct {
	Identities *identity.Store
	Clock      clock.Clock
}

// Service is IAM.
type Service struct {
	Deps
	ids *identity.Store
}

// New makes the service.
func New(d Deps) *Service { return &Service{d, d.Identities} }

// Name implements wire.Service.
func (s *Service) Name() string { return "iam" }

// Resources implements wire.Service: the user, role or policy an operation
// names, with its path.
func (s *Service) Resources(c *wire.Call, op string, in any) []string {
	v := reflect.ValueOf(in).Elem()
	text := func(field string) (string, bool) {
		f := v.FieldByName(field)
		if f.IsValid() && f.Kind() == reflect.Pointer {
			f = f.Elem()
		}
		if !f.IsValid() || f.Kind() != reflect.String {
			return "", v.FieldByName(field).IsValid()
		}
		return f.String(), true
	}
	path := func(field string) string {
		if p, _ := text(field); p != "" {
			return p
		}
		return "/"
	}
	switch op {
	case "CreateRole", "CreateUser", "CreatePolicy":
		word := strings.TrimPrefix(op, "Create")
		name, _ := text(word + "Name")
		return []string{arn(c, strings.ToLower(word)+path("Path")+name)}
	case "ListRoles":
		return []string{arn(c, "role"+path("PathPrefix"))}
	case "ListUsers":
		return []string{arn(c, "user"+path("PathPrefix"))}
	case "ListPolicies":
		return []string{arn(c, "policy"+path("PathPrefix"))}
	case "GetAccessKeyLastUsed":
		if u, ok := s.ids.KeyOwner(v.FieldByName("AccessKeyId").String()); ok && u != nil {
			return []string{u.ARN}
		}
		return nil
	}
	if name, ok := text("RoleName"); ok {
		if r, found := s.ids.Role(name); found {
			return []string{r.ARN}
		}
		return []string{arn(c, "role/"+name)}
	}
	if name, ok := text("UserName"); ok {
		if name == "" {
			name = c.Principal.UserName
		}
		if u, found := s.ids.User(name); found {
			return []string{u.ARN}
		}
		return []string{arn(c, "user/"+name)}
	}
	if policyARN, ok := text("PolicyArn"); ok {
		return []string{policyARN}
	}
	return nil
}

// arn is an ARN of IAM.
func arn(c *wire.Call, resource string) string {
	return "arn:" + c.Partition + ":iam::" + c.Account + ":" + resource
}

// owner is a kind of identity.Owner, for what users and roles have in common.
type owner struct {
	word  string // "user", "role"
	limit int    // of all inline policies together
}

func userKind() owner { return owner{"user", 2048} }
func roleKind() owner { return owner{"role", 10240} }

// title is the kind as error messages and quotas have it.
func (k owner) title() string { return strings.ToUpper(k.word[:1]) + k.word[1:] }

// user finds a user, or says that there is none.
func (s *Service) user(name string) (*identity.User, error) {
	if u, ok := s.ids.User(name); ok {
		return u, nil
	}
	return nil, notFound("The user with name %s cannot be found.", name)
}

// role finds a role, or says that there is none.
func (s *Service) role(name string) (*identity.Role, error) {
	if r, ok := s.ids.Role(name); ok {
		return r, nil
	}
	return nil, notFound("The role with name %s cannot be found.", name)
}

// policy finds a managed policy, or says that there is none.
func (s *Service) policy(policyARN string) (*identity.Policy, error) {
	if p, ok := s.ids.Policy(policyARN); ok {
		return p, nil
	}
	return nil, notFound("Policy %s was not found.", policyARN)
}

// changeUser replaces a user by what f makes of a copy.
func (s *Service) changeUser(name string, f func(u *identity.User) error) error {
	return s.ids.Change(func(c *identity.Change) error {
		old, err := s.user(name)
		if err != nil {
			return err
		}
		u := old.Clone()
		if err := f(u); err != nil {
			return err
		}
		c.PutUser(u)
		return nil
	})
}

// changeRole replaces a role by what f makes of a copy.
func (s *Service) changeRole(name string, f func(r *identity.Role) error) error {
	return s.ids.Change(func(c *identity.Change) error {
		old, err := s.role(name)
		if err != nil {
			return err
		}
		r := old.Clone()
		if err := f(r); err != nil {
			return err
		}
		c.PutRole(r)
		return nil
	})
}

// changeUserOwner and changeRoleOwner do what users and roles have in common.
func (s *Service) changeUserOwner(name string, f func(k owner, o *identity.Owner) error) error {
	return s.changeUser(name, func(u *identity.User) error { return f(userKind(), &u.Owner) })
}

func (s *Service) changeRoleOwner(name string, f func(k owner, o *identity.Owner) error) error {
	return s.changeRole(name, func(r *identity.Role) error { return f(roleKind(), &r.Owner) })
}

// newOwner is the common part of a new user or role.
func (s *Service) newOwner(prefix, name string, path *string, tags []api.Tag, boundary *string) (o identity.Owner, err error) {
	o = identity.Owner{Name: name, Path: "/", Created: s.Clock.Now(), Inline: map[string]string{}}
	if path != nil {
		o.Path = *path
	}
	if o.ID, err = s.ids.NewID(prefix); err != nil {
		return o, err
	}
	if boundary != nil {
		if err := s.setBoundary(&o, *boundary); err != nil {
			return o, err
		}
	}
	o.Tags, err = mergeTags(nil, tags)
	return o, err
}
