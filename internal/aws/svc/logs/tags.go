package logs

import (
	"maps"

	api "weir/internal/aws/api/logs"
	"weir/internal/aws/wire"
)

const maxTags = 50

func (s *Service) tag(c *wire.Call, name string, tags map[string]string) error {
	return s.change(c, name, func(m *groupMeta) error {
		if m.Tags == nil {
			m.Tags = map[string]string{}
		}
		maps.Copy(m.Tags, tags)
		if len(m.Tags) > maxTags {
			return wire.Errorf(codeTooManyTags, "A resource can have no more than %d tags.", maxTags)
		}
		return nil
	})
}

func (s *Service) untag(c *wire.Call, name string, keys []string) error {
	return s.change(c, name, func(m *groupMeta) error {
		for _, k := range keys {
			delete(m.Tags, k)
		}
		return nil
	})
}

func (s *Service) tags(c *wire.Call, name string) (map[string]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g, err := s.group(c, name)
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	maps.Copy(tags, g.Tags)
	return tags, nil
}

func (s *Service) tagResource(c *wire.Call, in *api.TagResourceRequest) (*api.TagResourceOutput, error) {
	name, err := nameOfARN(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &api.TagResourceOutput{}, s.tag(c, name, in.Tags)
}

func (s *Service) untagResource(c *wire.Call, in *api.UntagResourceRequest) (*api.UntagResourceOutput, error) {
	name, err := nameOfARN(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &api.UntagResourceOutput{}, s.untag(c, name, in.TagKeys)
}

func (s *Service) listTagsForResource(c *wire.Call, in *api.ListTagsForResourceRequest) (*api.ListTagsForResourceResponse, error) {
	name, err := nameOfARN(c, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	tags, err := s.tags(c, name)
	return &api.ListTagsForResourceResponse{Tags: tags}, err
}

func (s *Service) tagLogGroup(c *wire.Call, in *api.TagLogGroupRequest) (*api.TagLogGroupOutput, error) {
	return &api.TagLogGroupOutput{}, s.tag(c, in.LogGroupName, in.Tags)
}

func (s *Service) untagLogGroup(c *wire.Call, in *api.UntagLogGroupRequest) (*api.UntagLogGroupOutput, error) {
	return &api.UntagLogGroupOutput{}, s.untag(c, in.LogGroupName, in.Tags)
}

func (s *Service) listTagsLogGroup(c *wire.Call, in *api.ListTagsLogGroupRequest) (*api.ListTagsLogGroupResponse, error) {
	tags, err := s.tags(c, in.LogGroupName)
	return &api.ListTagsLogGroupResponse{Tags: tags}, err
}
