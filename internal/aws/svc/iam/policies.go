package iam

import (
	"cmp"
	"slices"
	"strings"

	api "weir/internal/aws/api/iam"
	"weir/internal/aws/identity"
	"weir/internal/aws/policy"
	"weir/internal/aws/wire"
)

// policyLimit is IAM's quota of a managed policy's length.
const policyLimit = 6144

// uses is who has a managed policy.
type uses struct {
	users, boundUsers []*identity.User
	roles, boundRoles []*identity.Role
}

func (s *Service) uses(policyARN string) (u uses) {
	for _, x := range s.ids.Users() {
		if slices.Contains(x.Attached, policyARN) {
			u.users = append(u.users, x)
		}
		if x.Boundary == policyARN {
			u.boundUsers = append(u.boundUsers, x)
		}
	}
	for _, x := range s.ids.Roles() {
		if slices.Contains(x.Attached, policyARN) {
			u.roles = append(u.roles, x)
		}
		if x.Boundary == policyARN {
			u.boundRoles = append(u.boundRoles, x)
		}
	}
	return u
}

func (u *uses) attached() int { return len(u.users) + len(u.roles) }

func (u *uses) bound() int { return len(u.boundUsers) + len(u.boundRoles) }

func (s *Service) policyShape(p *identity.Policy, full bool) *api.Policy {
	u := s.uses(p.ARN)
	out := &api.Policy{PolicyName: &p.Name, PolicyId: &p.ID, Arn: &p.ARN, Path: &p.Path, DefaultVersionId: new(versionID(p.Default)),
		AttachmentCount: new(int32(u.attached())), PermissionsBoundaryUsageCount: new(int32(u.bound())),
		IsAttachable: new(true), CreateDate: &p.Created, UpdateDate: &p.Updated}
	if full {
		out.Description, out.Tags = opt(p.Description), tagShapes(p.Tags)
	}
	return out
}

// managedDocument checks the document of a managed policy.
func managedDocument(c *wire.Call, document string) error {
	if _, err := check(c, document, policy.Managed); err != nil {
		return err
	}
	if size(document) > policyLimit {
		return exceeded("Cannot exceed quota for PolicySize: %d", policyLimit)
	}
	return nil
}

func (s *Service) createPolicy(c *wire.Call, in *api.CreatePolicyRequest) (*api.CreatePolicyResponse, error) {
	if err := managedDocument(c, in.PolicyDocument); err != nil {
		return nil, err
	}
	tags, err := mergeTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	id, err := s.ids.NewID(identity.PrefixPolicy)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	p := &identity.Policy{Name: in.PolicyName, Path: "/", ID: id, Tags: tags, Created: now, Updated: now, Default: 1, Last: 1,
		Versions: []identity.Version{{Number: 1, Document: in.PolicyDocument, Created: now}}}
	if in.Path != nil {
		p.Path = *in.Path
	}
	if in.Description != nil {
		p.Description = *in.Description
	}
	err = s.ids.Change(func(ch *identity.Change) error {
		for _, other := range s.ids.Policies() {
			if !other.AWS() && strings.EqualFold(other.Name, p.Name) {
				return exists("A policy called %s already exists. Duplicate names are not allowed.", p.Name)
			}
		}
		ch.PutPolicy(p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := s.policyShape(p, true)
	out.Description = nil // as IAM's answer to CreatePolicy
	return &api.CreatePolicyResponse{Policy: out}, nil
}

func (s *Service) getPolicy(_ *wire.Call, in *api.GetPolicyRequest) (*api.GetPolicyResponse, error) {
	p, err := s.policy(in.PolicyArn)
	if err != nil {
		return nil, err
	}
	return &api.GetPolicyResponse{Policy: s.policyShape(p, true)}, nil
}

func (s *Service) listPolicies(_ *wire.Call, in *api.ListPoliciesRequest) (*api.ListPoliciesResponse, error) {
	all := slices.DeleteFunc(s.ids.Policies(), func(p *identity.Policy) bool {
		if in.Scope != nil && (*in.Scope == api.PolicyScopeTypeAws && !p.AWS() || *in.Scope == api.PolicyScopeTypeLocal && p.AWS()) {
			return true
		}
		u := s.uses(p.ARN)
		asPolicy := in.PolicyUsageFilter == nil || *in.PolicyUsageFilter == api.PolicyUsageTypePermissionsPolicy
		asBoundary := in.PolicyUsageFilter == nil || *in.PolicyUsageFilter == api.PolicyUsageTypePermissionsBoundary
		unused := !(asPolicy && u.attached() > 0) && !(asBoundary && u.bound() > 0)
		only := in.OnlyAttached != nil && *in.OnlyAttached || in.PolicyUsageFilter != nil
		return !under(p.Path, in.PathPrefix) || only && unused
	})
	list, more, marker, err := page(all, func(p *identity.Policy) string { return p.ARN }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &api.ListPoliciesResponse{Policies: []api.Policy{}, IsTruncated: more, Marker: marker}
	for _, p := range list {
		out.Policies = append(out.Policies, *s.policyShape(p, false))
	}
	return out, nil
}

// changePolicy replaces an account's own policy by what f makes of a copy.
func (s *Service) changePolicy(policyARN string, f func(p *identity.Policy) error) error {
	return s.ids.Change(func(ch *identity.Change) error {
		old, err := s.policy(policyARN)
		if err != nil {
			return err
		}
		if old.AWS() {
			return wire.Errorf("AccessDenied", "Policy %s is managed by AWS and cannot be changed.", policyARN)
		}
		p := old.Clone()
		if err := f(p); err != nil {
			return err
		}
		ch.PutPolicy(p)
		return nil
	})
}

func (s *Service) deletePolicy(_ *wire.Call, in *api.DeletePolicyRequest) (*api.DeletePolicyOutput, error) {
	err := s.ids.Change(func(ch *identity.Change) error {
		p, err := s.policy(in.PolicyArn)
		if err != nil {
			return err
		}
		u := s.uses(p.ARN)
		switch {
		case p.AWS():
			return wire.Errorf("AccessDenied", "Policy %s is managed by AWS and cannot be deleted.", p.ARN)
		case u.attached()+u.bound() > 0:
			return conflict("Cannot delete a policy attached to entities.")
		case len(p.Versions) > 1:
			return conflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
		}
		ch.DeletePolicy(p.ARN)
		return nil
	})
	return &api.DeletePolicyOutput{}, err
}

// entity is a user or role of ListEntitiesForPolicy.
type entity struct {
	key  string
	user *identity.User
	role *identity.Role
}

func (s *Service) listEntitiesForPolicy(_ *wire.Call, in *api.ListEntitiesForPolicyRequest) (*api.ListEntitiesForPolicyResponse, error) {
	if _, err := s.policy(in.PolicyArn); err != nil {
		return nil, err
	}
	u := s.uses(in.PolicyArn)
	users, roles := u.users, u.roles
	if in.PolicyUsageFilter != nil && *in.PolicyUsageFilter == api.PolicyUsageTypePermissionsBoundary {
		users, roles = u.boundUsers, u.boundRoles
	}
	var all []entity
	wants := func(kind string) bool { return in.EntityFilter == nil || *in.EntityFilter == kind }
	for _, x := range roles {
		if wants(api.EntityTypeRole) && under(x.Path, in.PathPrefix) {
			all = append(all, entity{key: "role/" + x.Name, role: x})
		}
	}
	for _, x := range users {
		if wants(api.EntityTypeUser) && under(x.Path, in.PathPrefix) {
			all = append(all, entity{key: "user/" + x.Name, user: x})
		}
	}
	slices.SortFunc(all, func(a, b entity) int { return cmp.Compare(a.key, b.key) })
	list, more, marker, err := page(all, func(e entity) string { return e.key }, in.Marker, in.MaxItems)
	out := &api.ListEntitiesForPolicyResponse{PolicyGroups: []api.PolicyGroup{}, PolicyUsers: []api.PolicyUser{}, PolicyRoles: []api.PolicyRole{}, IsTruncated: more, Marker: marker}
	for _, e := range list {
		if e.user != nil {
			out.PolicyUsers = append(out.PolicyUsers, api.PolicyUser{UserName: &e.user.Name, UserId: &e.user.ID})
		} else {
			out.PolicyRoles = append(out.PolicyRoles, api.PolicyRole{RoleName: &e.role.Name, RoleId: &e.role.ID})
		}
	}
	return out, err
}
