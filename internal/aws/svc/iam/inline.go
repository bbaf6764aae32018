package iam

import (
	"maps"
	"slices"

	api "weir/internal/aws/api/iam"
	"weir/internal/aws/identity"
	"weir/internal/aws/policy"
	"weir/internal/aws/wire"
)

// putInline makes or replaces an inline policy.
func putInline(c *wire.Call, name, document string) func(k owner, o *identity.Owner) error {
	return func(k owner, o *identity.Owner) error {
		if _, err := check(c, document, policy.Inline); err != nil {
			return err
		}
		o.Inline[name] = document
		total := 0
		for _, d := range o.Inline {
			total += size(d)
		}
		if total > k.limit {
			return exceeded("Maximum policy size of %d bytes exceeded for %s %s", k.limit, k.word, o.Name)
		}
		return nil
	}
}

func noInline(k owner, name string) error {
	return notFound("The %s policy with name %s cannot be found.", k.word, name)
}

func deleteInline(name string) func(k owner, o *identity.Owner) error {
	return func(k owner, o *identity.Owner) error {
		if _, ok := o.Inline[name]; !ok {
			return noInline(k, name)
		}
		delete(o.Inline, name)
		return nil
	}
}

// names is a page of the names of inline policies.
func names(o *identity.Owner, marker *string, maxItems *int32) ([]string, *bool, *string, error) {
	return page(slices.Sorted(maps.Keys(o.Inline)), func(n string) string { return n }, marker, maxItems)
}

func (s *Service) putRolePolicy(c *wire.Call, in *api.PutRolePolicyRequest) (*api.PutRolePolicyOutput, error) {
	return &api.PutRolePolicyOutput{}, s.changeRoleOwner(in.RoleName, putInline(c, in.PolicyName, in.PolicyDocument))
}

func (s *Service) putUserPolicy(c *wire.Call, in *api.PutUserPolicyRequest) (*api.PutUserPolicyOutput, error) {
	return &api.PutUserPolicyOutput{}, s.changeUserOwner(in.UserName, putInline(c, in.PolicyName, in.PolicyDocument))
}

func (s *Service) deleteRolePolicy(_ *wire.Call, in *api.DeleteRolePolicyRequest) (*api.DeleteRolePolicyOutput, error) {
	return &api.DeleteRolePolicyOutput{}, s.changeRoleOwner(in.RoleName, deleteInline(in.PolicyName))
}

func (s *Service) deleteUserPolicy(_ *wire.Call, in *api.DeleteUserPolicyRequest) (*api.DeleteUserPolicyOutput, error) {
	return &api.DeleteUserPolicyOutput{}, s.changeUserOwner(in.UserName, deleteInline(in.PolicyName))
}

func (s *Service) getRolePolicy(_ *wire.Call, in *api.GetRolePolicyRequest) (*api.GetRolePolicyResponse, error) {
	r, err := s.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	document, ok := r.Inline[in.PolicyName]
	if !ok {
		return nil, noInline(roleKind(), in.PolicyName)
	}
	return &api.GetRolePolicyResponse{RoleName: r.Name, PolicyName: in.PolicyName, PolicyDocument: encoded(document)}, nil
}

func (s *Service) getUserPolicy(_ *wire.Call, in *api.GetUserPolicyRequest) (*api.GetUserPolicyResponse, error) {
	u, err := s.user(in.UserName)
	if err != nil {
		return nil, err
	}
	document, ok := u.Inline[in.PolicyName]
	if !ok {
		return nil, noInline(userKind(), in.PolicyName)
	}
	return &api.GetUserPolicyResponse{UserName: u.Name, PolicyName: in.PolicyName, PolicyDocument: encoded(document)}, nil
}

func (s *Service) listRolePolicies(_ *wire.Call, in *api.ListRolePoliciesRequest) (*api.ListRolePoliciesResponse, error) {
	r, err := s.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	list, more, marker, err := names(&r.Owner, in.Marker, in.MaxItems)
	return &api.ListRolePoliciesResponse{PolicyNames: list, IsTruncated: more, Marker: marker}, err
}

func (s *Service) listUserPolicies(_ *wire.Call, in *api.ListUserPoliciesRequest) (*api.ListUserPoliciesResponse, error) {
	u, err := s.user(in.UserName)
	if err != nil {
		return nil, err
	}
	list, more, marker, err := names(&u.Owner, in.Marker, in.MaxItems)
	return &api.ListUserPoliciesResponse{PolicyNames: list, IsTruncated: more, Marker: marker}, err
}
