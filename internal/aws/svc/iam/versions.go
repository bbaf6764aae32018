package iam

import (
	"fmt"
	"slices"
	"strconv"

	api "weir/internal/aws/api/iam"
	"weir/internal/aws/identity"
	"weir/internal/aws/wire"
)

// maxVersions is IAM's quota.
const maxVersions = 5

func versionID(n int) string { return "v" + strconv.Itoa(n) }

// version finds a version of a policy by its id ("v3").
func version(p *identity.Policy, id string) (*identity.Version, error) {
	for i := range p.Versions {
		if versionID(p.Versions[i].Number) == id {
			return &p.Versions[i], nil
		}
	}
	return nil, notFound("Policy %s version %s does not exist or is not attachable.", p.ARN, id)
}

func versionShape(p *identity.Policy, v *identity.Version) *api.PolicyVersion {
	return &api.PolicyVersion{VersionId: new(versionID(v.Number)), IsDefaultVersion: new(v.Number == p.Default), CreateDate: &v.Created}
}

func (s *Service) createPolicyVersion(c *wire.Call, in *api.CreatePolicyVersionRequest) (*api.CreatePolicyVersionResponse, error) {
	out := &api.CreatePolicyVersionResponse{}
	err := s.changePolicy(in.PolicyArn, func(p *identity.Policy) error {
		if err := managedDocument(c, in.PolicyDocument); err != nil {
			return err
		}
		if len(p.Versions) >= maxVersions {
			return exceeded("A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", maxVersions)
		}
		now := s.Clock.Now()
		p.Last++
		p.Updated = now
		p.Versions = append(p.Versions, identity.Version{Number: p.Last, Document: in.PolicyDocument, Created: now})
		if in.SetAsDefault != nil && *in.SetAsDefault {
			p.Default = p.Last
		}
		out.PolicyVersion = versionShape(p, p.Version(p.Last))
		return nil
	})
	return out, err
}

func (s *Service) getPolicyVersion(_ *wire.Call, in *api.GetPolicyVersionRequest) (*api.GetPolicyVersionResponse, error) {
	p, err := s.policy(in.PolicyArn)
	if err != nil {
		return nil, err
	}
	v, err := version(p, in.VersionId)
	if err != nil {
		return nil, err
	}
	out := versionShape(p, v)
	out.Document = new(encoded(v.Document))
	return &api.GetPolicyVersionResponse{PolicyVersion: out}, nil
}

func (s *Service) listPolicyVersions(_ *wire.Call, in *api.ListPolicyVersionsRequest) (*api.ListPolicyVersionsResponse, error) {
	p, err := s.policy(in.PolicyArn)
	if err != nil {
		return nil, err
	}
	newest := slices.Clone(p.Versions)
	slices.Reverse(newest)
	// The marker's order is the list's: newest first.
	key := func(v identity.Version) string { return fmt.Sprintf("%012d", 1<<31-v.Number) }
	list, more, marker, err := page(newest, key, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &api.ListPolicyVersionsResponse{Versions: []api.PolicyVersion{}, IsTruncated: more, Marker: marker}
	for i := range list {
		out.Versions = append(out.Versions, *versionShape(p, &list[i]))
	}
	return out, nil
}

func (s *Service) setDefaultPolicyVersion(_ *wire.Call, in *api.SetDefaultPolicyVersionRequest) (*api.SetDefaultPolicyVersionOutput, error) {
	err := s.changePolicy(in.PolicyArn, func(p *identity.Policy) error {
		v, err := version(p, in.VersionId)
		if err == nil {
			p.Default, p.Updated = v.Number, s.Clock.Now()
		}
		return err
	})
	return &api.SetDefaultPolicyVersionOutput{}, err
}

func (s *Service) deletePolicyVersion(_ *wire.Call, in *api.DeletePolicyVersionRequest) (*api.DeletePolicyVersionOutput, error) {
	err := s.changePolicy(in.PolicyArn, func(p *identity.Policy) error {
		v, err := version(p, in.VersionId)
		if err != nil {
			return err
		}
		if v.Number == p.Default {
			return conflict("Cannot delete the default version of a policy.")
		}
		p.Versions = slices.DeleteFunc(p.Versions, func(x identity.Version) bool { return x.Number == v.Number })
		return nil
	})
	return &api.DeletePolicyVersionOutput{}, err
}
