package iam

import (
	"slices"

	api "weir/internal/aws/api/iam"
	"weir/internal/aws/identity"
	"weir/internal/aws/wire"
)

// attachments is how many managed policies a user or role may have.
const attachments = 10

func (s *Service) attach(policyARN string) func(k owner, o *identity.Owner) error {
	return func(k owner, o *identity.Owner) error {
		if _, ok := s.ids.Policy(policyARN); !ok {
			return notFound("Policy %s does not exist or is not attachable.", policyARN)
		}
		if slices.Contains(o.Attached, policyARN) {
			return nil
		}
		if len(o.Attached) >= attachments {
			return exceeded("Cannot exceed quota for PoliciesPer%s: %d", k.title(), attachments)
		}
		o.Attached = append(o.Attached, policyARN)
		return nil
	}
}

func detach(policyARN string) func(k owner, o *identity.Owner) error {
	return func(_ owner, o *identity.Owner) error {
		at := slices.Index(o.Attached, policyARN)
		if at < 0 {
			return notFound("Policy %s was not found.", policyARN)
		}
		o.Attached = slices.Delete(o.Attached, at, at+1)
		return nil
	}
}

func (s *Service) attachRolePolicy(_ *wire.Call, in *api.AttachRolePolicyRequest) (*api.AttachRolePolicyOutput, error) {
	return &api.AttachRolePolicyOutput{}, s.changeRoleOwner(in.RoleName, s.attach(in.PolicyArn))
}

func (s *Service) attachUserPolicy(_ *wire.Call, in *api.AttachUserPolicyRequest) (*api.AttachUserPolicyOutput, error) {
	return &api.AttachUserPolicyOutput{}, s.changeUserOwner(in.UserName, s.attach(in.PolicyArn))
}

func (s *Service) detachRolePolicy(_ *wire.Call, in *api.DetachRolePolicyRequest) (*api.DetachRolePolicyOutput, error) {
	return &api.DetachRolePolicyOutput{}, s.changeRoleOwner(in.RoleName, detach(in.PolicyArn))
}

func (s *Service) detachUserPolicy(_ *wire.Call, in *api.DetachUserPolicyRequest) (*api.DetachUserPolicyOutput, error) {
	return &api.DetachUserPolicyOutput{}, s.changeUserOwner(in.UserName, detach(in.PolicyArn))
}

// attached is a page of an owner's managed policies, by ARN.
func (s *Service) attached(o *identity.Owner, prefix, marker *string, maxItems *int32) ([]api.AttachedPolicy, *bool, *string, error) {
	var all []*identity.Policy
	for _, a := range slices.Sorted(slices.Values(o.Attached)) {
		if p, ok := s.ids.Policy(a); ok && under(p.Path, prefix) {
			all = append(all, p)
		}
	}
	list, more, next, err := page(all, func(p *identity.Policy) string { return p.ARN }, marker, maxItems)
	out := []api.AttachedPolicy{}
	for _, p := range list {
		out = append(out, api.AttachedPolicy{PolicyName: &p.Name, PolicyArn: &p.ARN})
	}
	return out, more, next, err
}

func (s *Service) listAttachedRolePolicies(_ *wire.Call, in *api.ListAttachedRolePoliciesRequest) (*api.ListAttachedRolePoliciesResponse, error) {
	r, err := s.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	list, more, marker, err := s.attached(&r.Owner, in.PathPrefix, in.Marker, in.MaxItems)
	return &api.ListAttachedRolePoliciesResponse{AttachedPolicies: list, IsTruncated: more, Marker: marker}, err
}

func (s *Service) listAttachedUserPolicies(_ *wire.Call, in *api.ListAttachedUserPoliciesRequest) (*api.ListAttachedUserPoliciesResponse, error) {
	u, err := s.user(in.UserName)
	if err != nil {
		return nil, err
	}
	list, more, marker, err := s.attached(&u.Owner, in.PathPrefix, in.Marker, in.MaxItems)
	return &api.ListAttachedUserPoliciesResponse{AttachedPolicies: list, IsTruncated: more, Marker: marker}, err
}

// setBoundary limits what an owner's policies can grant.
func (s *Service) setBoundary(o *identity.Owner, policyARN string) error {
	if _, ok := s.ids.Policy(policyARN); !ok {
		return notFound("Scope ARN: %s does not exist or is not attachable.", policyARN)
	}
	o.Boundary = policyARN
	return nil
}

func boundaryShape(policyARN string) *api.AttachedPermissionsBoundary {
	if policyARN == "" {
		return nil
	}
	return &api.AttachedPermissionsBoundary{PermissionsBoundaryArn: &policyARN,
		PermissionsBoundaryType: new(api.PermissionsBoundaryAttachmentTypePermissionsBoundaryPolicy)}
}

func (s *Service) putRolePermissionsBoundary(_ *wire.Call, in *api.PutRolePermissionsBoundaryRequest) (*api.PutRolePermissionsBoundaryOutput, error) {
	return &api.PutRolePermissionsBoundaryOutput{}, s.changeRole(in.RoleName, func(r *identity.Role) error {
		return s.setBoundary(&r.Owner, in.PermissionsBoundary)
	})
}

func (s *Service) putUserPermissionsBoundary(_ *wire.Call, in *api.PutUserPermissionsBoundaryRequest) (*api.PutUserPermissionsBoundaryOutput, error) {
	return &api.PutUserPermissionsBoundaryOutput{}, s.changeUser(in.UserName, func(u *identity.User) error {
		return s.setBoundary(&u.Owner, in.PermissionsBoundary)
	})
}

// dropBoundary takes the limit away.
func dropBoundary(k owner, o *identity.Owner) error {
	if o.Boundary == "" {
		return notFound("%s %s does not have a permissions boundary", k.title(), o.Name)
	}
	o.Boundary = ""
	return nil
}

func (s *Service) deleteRolePermissionsBoundary(_ *wire.Call, in *api.DeleteRolePermissionsBoundaryRequest) (*api.DeleteRolePermissionsBoundaryOutput, error) {
	return &api.DeleteRolePermissionsBoundaryOutput{}, s.changeRoleOwner(in.RoleName, dropBoundary)
}

func (s *Service) deleteUserPermissionsBoundary(_ *wire.Call, in *api.DeleteUserPermissionsBoundaryRequest) (*api.DeleteUserPermissionsBoundaryOutput, error) {
	return &api.DeleteUserPermissionsBoundaryOutput{}, s.changeUserOwner(in.UserName, dropBoundary)
}
