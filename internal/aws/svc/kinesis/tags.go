package kinesis

import (
	"slices"
	"strings"
	"unicode"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/wire"
)

const (
	maxTags     = 50
	listTagsMax = 50 // ListTagsForStream's default
)

// checkTags checks tags to add to those of old.
func checkTags(add, old map[string]string, c *wire.Call, name string) error {
	count := len(old)
	for k, v := range add {
		if err := checkTagText(c, "add tags to", name, k, v); err != nil {
			return err
		}
		if _, has := old[k]; !has {
			count++
		}
	}
	if count > maxTags {
		return wire.Errorf(codeInvalid, "Failed to add tags to stream %s under account %s because a given stream cannot have more than %d tags associated with it.", name, c.Account, maxTags)
	}
	return nil
}

// checkTagText checks the characters of keys and values.
func checkTagText(c *wire.Call, what, name string, texts ...string) error {
	for _, text := range texts {
		for _, r := range text {
			if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !unicode.IsSpace(r) && !strings.ContainsRune("_.:/=+-@%", r) {
				return wire.Errorf(codeInvalid, "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - %% @.")
			}
		}
		if strings.Contains(text, "%") {
			return wire.Errorf(codeInvalid, "Failed to %s stream %s under account %s because some tags contained illegal characters."+
				" The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.", what, name, c.Account)
		}
	}
	return nil
}

func (s *Service) tag(c *wire.Call, st *stream, tags map[string]string) error {
	return s.change(st, func(m *streamMeta) error {
		if err := checkTags(tags, m.Tags, c, m.Name); err != nil {
			return err
		}
		if m.Tags == nil {
			m.Tags = map[string]string{}
		}
		for k, v := range tags {
			m.Tags[k] = v
		}
		return nil
	})
}

func (s *Service) untag(c *wire.Call, st *stream, keys []string) error {
	return s.change(st, func(m *streamMeta) error {
		if err := checkTagText(c, "remove tags from", m.Name, keys...); err != nil {
			return err
		}
		for _, k := range keys {
			delete(m.Tags, k)
		}
		return nil
	})
}

// tagList is the tags by key.
func (m *streamMeta) tagList() []api.Tag {
	tags := []api.Tag{}
	for k, v := range m.Tags {
		tags = append(tags, api.Tag{Key: k, Value: new(v)})
	}
	slices.SortFunc(tags, func(a, b api.Tag) int { return strings.Compare(a.Key, b.Key) })
	return tags
}

func (s *Service) addTagsToStream(c *wire.Call, in *api.AddTagsToStreamInput) (*api.AddTagsToStreamOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	return &api.AddTagsToStreamOutput{}, s.tag(c, st, in.Tags)
}

func (s *Service) removeTagsFromStream(c *wire.Call, in *api.RemoveTagsFromStreamInput) (*api.RemoveTagsFromStreamOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	return &api.RemoveTagsFromStreamOutput{}, s.untag(c, st, in.TagKeys)
}

func (s *Service) listTagsForStream(c *wire.Call, in *api.ListTagsForStreamInput) (*api.ListTagsForStreamOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	tags := st.view().tagList()
	if after := in.ExclusiveStartTagKey; after != nil {
		tags = slices.DeleteFunc(tags, func(t api.Tag) bool { return t.Key <= *after })
	}
	limit := listTagsMax
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	return &api.ListTagsForStreamOutput{Tags: tags[:min(limit, len(tags))], HasMoreTags: len(tags) > limit}, nil
}

func (s *Service) tagResource(c *wire.Call, in *api.TagResourceInput) (*api.TagResourceOutput, error) {
	st, err := s.stream(c, nil, &in.ResourceARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	return &api.TagResourceOutput{}, s.tag(c, st, in.Tags)
}

func (s *Service) untagResource(c *wire.Call, in *api.UntagResourceInput) (*api.UntagResourceOutput, error) {
	st, err := s.stream(c, nil, &in.ResourceARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	return &api.UntagResourceOutput{}, s.untag(c, st, in.TagKeys)
}

func (s *Service) listTagsForResource(c *wire.Call, in *api.ListTagsForResourceInput) (*api.ListTagsForResourceOutput, error) {
	st, err := s.stream(c, nil, &in.ResourceARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	return &api.ListTagsForResourceOutput{Tags: st.view().tagList()}, nil
}
