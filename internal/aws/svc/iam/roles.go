package iam

import (
	"slices"
	"strings"
	"time"

	api "weir/internal/aws/api/iam"
	"weir/internal/aws/identity"
	"weir/internal/aws/policy"
	"weir/internal/aws/wire"
)

// trustLimit is IAM's quota of a trust policy's length.
const trustLimit = 2048

func (s *Service) roleShape(r *identity.Role, full bool) *api.Role {
	out := &api.Role{Path: r.Path, RoleName: r.Name, RoleId: r.ID, Arn: r.ARN, CreateDate: r.Created,
		AssumeRolePolicyDocument: new(encoded(r.TrustPolicy)), Description: opt(r.Description),
		MaxSessionDuration: new(int32(r.MaxSession / time.Second))}
	if full {
		out.Tags, out.PermissionsBoundary = tagShapes(r.Tags), boundaryShape(r.Boundary)
	}
	return out
}

// trust checks a trust policy; the principals it names must exist.
func (s *Service) trust(c *wire.Call, document string) error {
	d, err := check(c, document, policy.Trust)
	if err != nil {
		return err
	}
	if size(document) > trustLimit {
		return exceeded("Cannot exceed quota for ACLSizePerRole: %d", trustLimit)
	}
	own := "::" + c.Account + ":"
	for _, p := range d.AWSPrincipals() {
		found := s.ids.HasARN(p)
		if _, session, ok := strings.Cut(p, ":assumed-role/"); ok {
			name, _, _ := strings.Cut(session, "/")
			_, found = s.ids.Role(name)
		}
		if strings.Contains(p, own) && !found {
			return wire.Errorf("MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"%s\"", p)
		}
	}
	return nil
}

func (s *Service) createRole(c *wire.Call, in *api.CreateRoleRequest) (*api.CreateRoleResponse, error) {
	if err := s.trust(c, in.AssumeRolePolicyDocument); err != nil {
		return nil, err
	}
	o, err := s.newOwner(identity.PrefixRole, in.RoleName, in.Path, in.Tags, in.PermissionsBoundary)
	if err != nil {
		return nil, err
	}
	r := &identity.Role{Owner: o, TrustPolicy: in.AssumeRolePolicyDocument, MaxSession: time.Hour}
	if in.Description != nil {
		r.Description = *in.Description
	}
	if in.MaxSessionDuration != nil {
		r.MaxSession = time.Duration(*in.MaxSessionDuration) * time.Second
	}
	err = s.ids.Change(func(ch *identity.Change) error {
		if s.ids.Taken(false, r.Name) {
			return exists("Role with name %s already exists.", r.Name)
		}
		ch.PutRole(r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &api.CreateRoleResponse{Role: s.roleShape(r, true)}, nil
}

func (s *Service) getRole(_ *wire.Call, in *api.GetRoleRequest) (*api.GetRoleResponse, error) {
	r, err := s.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	out := s.roleShape(r, true)
	out.RoleLastUsed = &api.RoleLastUsed{}
	if last, ok := s.ids.LastUsed(r.ID); ok {
		out.RoleLastUsed = &api.RoleLastUsed{LastUsedDate: &last.At, Region: &last.Region}
	}
	return &api.GetRoleResponse{Role: out}, nil
}

func (s *Service) listRoles(_ *wire.Call, in *api.ListRolesRequest) (*api.ListRolesResponse, error) {
	all := slices.DeleteFunc(s.ids.Roles(), func(r *identity.Role) bool { return !under(r.Path, in.PathPrefix) })
	roles, more, marker, err := page(all, func(r *identity.Role) string { return r.Name }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &api.ListRolesResponse{Roles: []api.Role{}, IsTruncated: more, Marker: marker}
	for _, r := range roles {
		out.Roles = append(out.Roles, *s.roleShape(r, false))
	}
	return out, nil
}

func (s *Service) updateRole(_ *wire.Call, in *api.UpdateRoleRequest) (*api.UpdateRoleResponse, error) {
	err := s.changeRole(in.RoleName, func(r *identity.Role) error {
		if in.Description != nil {
			r.Description = *in.Description
		}
		if in.MaxSessionDuration != nil {
			r.MaxSession = time.Duration(*in.MaxSessionDuration) * time.Second
		}
		return nil
	})
	return &api.UpdateRoleResponse{}, err
}

func (s *Service) updateRoleDescription(_ *wire.Call, in *api.UpdateRoleDescriptionRequest) (*api.UpdateRoleDescriptionResponse, error) {
	out := &api.UpdateRoleDescriptionResponse{}
	err := s.changeRole(in.RoleName, func(r *identity.Role) error {
		r.Description = in.Description
		out.Role = s.roleShape(r, true)
		return nil
	})
	return out, err
}

func (s *Service) updateAssumeRolePolicy(c *wire.Call, in *api.UpdateAssumeRolePolicyRequest) (*api.UpdateAssumeRolePolicyOutput, error) {
	if _, err := s.role(in.RoleName); err != nil {
		return nil, err
	}
	if err := s.trust(c, in.PolicyDocument); err != nil {
		return nil, err
	}
	err := s.changeRole(in.RoleName, func(r *identity.Role) error {
		r.TrustPolicy = in.PolicyDocument
		return nil
	})
	return &api.UpdateAssumeRolePolicyOutput{}, err
}

func (s *Service) deleteRole(_ *wire.Call, in *api.DeleteRoleRequest) (*api.DeleteRoleOutput, error) {
	err := s.ids.Change(func(ch *identity.Change) error {
		r, err := s.role(in.RoleName)
		if err != nil {
			return err
		}
		if err := mayDelete(&r.Owner); err != nil {
			return err
		}
		ch.DeleteRole(r.Name)
		return nil
	})
	return &api.DeleteRoleOutput{}, err
}

func (s *Service) listInstanceProfilesForRole(_ *wire.Call, in *api.ListInstanceProfilesForRoleRequest) (*api.ListInstanceProfilesForRoleResponse, error) {
	if _, err := s.role(in.RoleName); err != nil {
		return nil, err
	}
	return &api.ListInstanceProfilesForRoleResponse{InstanceProfiles: []api.InstanceProfile{}, IsTruncated: new(false)}, nil
}
