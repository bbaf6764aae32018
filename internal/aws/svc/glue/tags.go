package glue

import (
	"strings"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/wire"
)

// tagged refuses an ARN that is none of this service's resources.
func (s *Service) tagged(c *wire.Call, arn string) error {
	kind, name, _ := strings.Cut(strings.TrimPrefix(arn, c.ARN("glue", "")), "/")
	var ok bool
	var err error
	switch kind {
	case "crawler":
		_, ok, err = s.crawlers.Get(c.Region, name)
	case "database":
		_, ok, err = s.databases.Get(c.Region, name)
	case "table":
		db, table, _ := strings.Cut(name, "/")
		_, ok, err = s.tables.Get(c.Region, db, table)
	default:
		return invalid("%s is not the ARN of a crawler, database or table of this account and region", arn)
	}
	if err == nil && !ok {
		err = notFound("Resource %s not found.", arn)
	}
	return err
}

func (s *Service) tagResource(c *wire.Call, in *api.TagResourceRequest) (*api.TagResourceResponse, error) {
	return &api.TagResourceResponse{}, s.changeTags(c, in.ResourceArn, in.TagsToAdd, nil)
}

func (s *Service) untagResource(c *wire.Call, in *api.UntagResourceRequest) (*api.UntagResourceResponse, error) {
	return &api.UntagResourceResponse{}, s.changeTags(c, in.ResourceArn, nil, in.TagsToRemove)
}

func (s *Service) changeTags(c *wire.Call, arn string, add map[string]string, remove []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.tagged(c, arn); err != nil {
		return err
	}
	tags, _, err := s.tags.Get(arn)
	if err != nil {
		return err
	}
	if tags == nil {
		tags = map[string]string{}
	}
	for k, v := range add {
		tags[k] = v
	}
	for _, k := range remove {
		delete(tags, k)
	}
	if len(tags) > 50 {
		return invalid("a resource has at most 50 tags")
	}
	return s.tags.Put(tags, arn)
}

func (s *Service) getTags(c *wire.Call, in *api.GetTagsRequest) (*api.GetTagsResponse, error) {
	if err := s.tagged(c, in.ResourceArn); err != nil {
		return nil, err
	}
	tags, _, err := s.tags.Get(in.ResourceArn)
	if tags == nil {
		tags = map[string]string{}
	}
	return &api.GetTagsResponse{Tags: tags}, err
}
