package iam

import (
	"slices"
	"strings"

	api "weir/internal/aws/api/iam"
	"weir/internal/aws/identity"
	"weir/internal/aws/wire"
)

// maxTags is IAM's quota.
const maxTags = 50

func tagShapes(tags []identity.Tag) []api.Tag {
	var out []api.Tag
	for _, t := range tags {
		out = append(out, api.Tag{Key: t.Key, Value: t.Value})
	}
	return out
}

// mergeTags adds tags, replacing those whose keys are there; keys are one
// another's in any case.
func mergeTags(old []identity.Tag, added []api.Tag) ([]identity.Tag, error) {
	out := slices.Clone(old)
	seen := map[string]bool{}
	for _, t := range added {
		key := strings.ToLower(t.Key)
		switch {
		case seen[key]:
			return nil, invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		case strings.HasPrefix(key, "aws:"):
			return nil, invalid("System tags cannot be added: %s begins with aws:", t.Key)
		}
		seen[key] = true
		at := slices.IndexFunc(out, func(o identity.Tag) bool { return strings.EqualFold(o.Key, t.Key) })
		if at < 0 {
			out = append(out, identity.Tag{Key: t.Key, Value: t.Value})
		} else {
			out[at] = identity.Tag{Key: t.Key, Value: t.Value}
		}
	}
	if len(out) > maxTags {
		return nil, exceeded("The number of tags has reached the maximum limit.")
	}
	return out, nil
}

func dropTags(old []identity.Tag, keys []string) []identity.Tag {
	return slices.DeleteFunc(old, func(t identity.Tag) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, t.Key) })
	})
}

func addTags(tags []api.Tag) func(owner, *identity.Owner) error {
	return func(_ owner, o *identity.Owner) (err error) {
		o.Tags, err = mergeTags(o.Tags, tags)
		return err
	}
}

func removeTags(keys []string) func(owner, *identity.Owner) error {
	return func(_ owner, o *identity.Owner) error {
		o.Tags = dropTags(o.Tags, keys)
		return nil
	}
}

func (s *Service) tagRole(_ *wire.Call, in *api.TagRoleRequest) (*api.TagRoleOutput, error) {
	return &api.TagRoleOutput{}, s.changeRoleOwner(in.RoleName, addTags(in.Tags))
}

func (s *Service) tagUser(_ *wire.Call, in *api.TagUserRequest) (*api.TagUserOutput, error) {
	return &api.TagUserOutput{}, s.changeUserOwner(in.UserName, addTags(in.Tags))
}

func (s *Service) untagRole(_ *wire.Call, in *api.UntagRoleRequest) (*api.UntagRoleOutput, error) {
	return &api.UntagRoleOutput{}, s.changeRoleOwner(in.RoleName, removeTags(in.TagKeys))
}

func (s *Service) untagUser(_ *wire.Call, in *api.UntagUserRequest) (*api.UntagUserOutput, error) {
	return &api.UntagUserOutput{}, s.changeUserOwner(in.UserName, removeTags(in.TagKeys))
}

func (s *Service) tagPolicy(_ *wire.Call, in *api.TagPolicyRequest) (*api.TagPolicyOutput, error) {
	return &api.TagPolicyOutput{}, s.changePolicy(in.PolicyArn, func(p *identity.Policy) (err error) {
		p.Tags, err = mergeTags(p.Tags, in.Tags)
		return err
	})
}

func (s *Service) untagPolicy(_ *wire.Call, in *api.UntagPolicyRequest) (*api.UntagPolicyOutput, error) {
	return &api.UntagPolicyOutput{}, s.changePolicy(in.PolicyArn, func(p *identity.Policy) error {
		p.Tags = dropTags(p.Tags, in.TagKeys)
		return nil
	})
}

// tagPage is a page of tags, by key.
func tagPage(tags []identity.Tag, marker *string, maxItems *int32) ([]api.Tag, *bool, *string, error) {
	all := tagShapes(tags)
	slices.SortFunc(all, func(a, b api.Tag) int { return strings.Compare(a.Key, b.Key) })
	return page(all, func(t api.Tag) string { return t.Key }, marker, maxItems)
}

func (s *Service) listRoleTags(_ *wire.Call, in *api.ListRoleTagsRequest) (*api.ListRoleTagsResponse, error) {
	r, err := s.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	tags, more, marker, err := tagPage(r.Tags, in.Marker, in.MaxItems)
	return &api.ListRoleTagsResponse{Tags: tags, IsTruncated: more, Marker: marker}, err
}

func (s *Service) listUserTags(_ *wire.Call, in *api.ListUserTagsRequest) (*api.ListUserTagsResponse, error) {
	u, err := s.user(in.UserName)
	if err != nil {
		return nil, err
	}
	tags, more, marker, err := tagPage(u.Tags, in.Marker, in.MaxItems)
	return &api.ListUserTagsResponse{Tags: tags, IsTruncated: more, Marker: marker}, err
}

func (s *Service) listPolicyTags(_ *wire.Call, in *api.ListPolicyTagsRequest) (*api.ListPolicyTagsResponse, error) {
	p, err := s.policy(in.PolicyArn)
	if err != nil {
		return nil, err
	}
	tags, more, marker, err := tagPage(p.Tags, in.Marker, in.MaxItems)
	return &api.ListPolicyTagsResponse{Tags: tags, IsTruncated: more, Marker: marker}, err
}
