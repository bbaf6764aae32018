package kinesisanalyticsv2

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	api "weir/internal/aws/api/kinesisanalyticsv2"
	"weir/internal/aws/wire"
	"weir/internal/control"
)

const maxTags = 50

func (s *Service) describeVersion(c *wire.Call, in *api.DescribeApplicationVersionRequest) (*api.DescribeApplicationVersionResponse, error) {
	a, v, err := s.Control.DescribeVersion(key(c, in.ApplicationName), in.ApplicationVersionId)
	if err != nil {
		return nil, err
	}
	d := detail(&a, &v, false)
	if v.ID != a.Version {
		d.ApplicationStatus, d.ConditionalToken = v.Status, nil
	}
	return &api.DescribeApplicationVersionResponse{ApplicationVersionDetail: d}, nil
}

func (s *Service) listVersions(c *wire.Call, in *api.ListApplicationVersionsRequest) (*api.ListApplicationVersionsResponse, error) {
	a, _, err := s.Control.Describe(key(c, in.ApplicationName))
	if err != nil {
		return nil, err
	}
	all, err := s.Control.Versions(a.Key())
	if err != nil {
		return nil, err
	}
	page, next, err := paged(all, in.Limit, in.NextToken, func(v control.Version) string { return strconv.FormatInt(v.ID, 10) })
	if err != nil {
		return nil, err
	}
	out := &api.ListApplicationVersionsResponse{ApplicationVersionSummaries: []api.ApplicationVersionSummary{}, NextToken: next}
	for _, v := range page {
		status := v.Status
		if v.ID == a.Version {
			status = a.Status
		}
		out.ApplicationVersionSummaries = append(out.ApplicationVersionSummaries, api.ApplicationVersionSummary{ApplicationVersionId: v.ID, ApplicationStatus: status})
	}
	return out, nil
}

func (s *Service) createSnapshot(c *wire.Call, in *api.CreateApplicationSnapshotRequest) (*api.CreateApplicationSnapshotResponse, error) {
	return &api.CreateApplicationSnapshotResponse{}, s.Control.CreateSnapshot(key(c, in.ApplicationName), in.SnapshotName)
}

func (s *Service) describeSnapshot(c *wire.Call, in *api.DescribeApplicationSnapshotRequest) (*api.DescribeApplicationSnapshotResponse, error) {
	snap, err := s.Control.DescribeSnapshot(key(c, in.ApplicationName), in.SnapshotName)
	if err != nil {
		return nil, err
	}
	return &api.DescribeApplicationSnapshotResponse{SnapshotDetails: new(snapshotDetails(snap))}, nil
}

func (s *Service) deleteSnapshot(c *wire.Call, in *api.DeleteApplicationSnapshotRequest) (*api.DeleteApplicationSnapshotResponse, error) {
	return &api.DeleteApplicationSnapshotResponse{}, s.Control.DeleteSnapshot(key(c, in.ApplicationName), in.SnapshotName, in.SnapshotCreationTimestamp)
}

func (s *Service) listSnapshots(c *wire.Call, in *api.ListApplicationSnapshotsRequest) (*api.ListApplicationSnapshotsResponse, error) {
	all, err := s.Control.Snapshots(key(c, in.ApplicationName))
	if err != nil {
		return nil, err
	}
	page, next, err := paged(all, in.Limit, in.NextToken, func(s control.Snapshot) string { return s.Name })
	if err != nil {
		return nil, err
	}
	out := &api.ListApplicationSnapshotsResponse{SnapshotSummaries: []api.SnapshotDetails{}, NextToken: next}
	for _, snap := range page {
		out.SnapshotSummaries = append(out.SnapshotSummaries, snapshotDetails(snap))
	}
	return out, nil
}

func loggingOptions(options []control.LogOption) []api.CloudWatchLoggingOptionDescription {
	var out []api.CloudWatchLoggingOptionDescription
	for _, o := range options {
		out = append(out, api.CloudWatchLoggingOptionDescription{CloudWatchLoggingOptionId: &o.ID, LogStreamARN: o.StreamARN})
	}
	return out
}

// updatedLogging is the logging options as an update changes them.
func updatedLogging(c *wire.Call, options []control.LogOption, ups []api.CloudWatchLoggingOptionUpdate) ([]control.LogOption, error) {
	options = slices.Clone(options)
	for _, u := range ups {
		i := slices.IndexFunc(options, func(o control.LogOption) bool { return o.ID == u.CloudWatchLoggingOptionId })
		if i < 0 {
			return nil, noLoggingOption(u.CloudWatchLoggingOptionId)
		}
		if u.LogStreamARNUpdate == nil {
			continue
		}
		if err := checkLogStream(c, *u.LogStreamARNUpdate); err != nil {
			return nil, err
		}
		options[i].StreamARN = *u.LogStreamARNUpdate
	}
	return options, nil
}

func noLoggingOption(id string) error {
	return wire.Errorf("ResourceNotFoundException", "The application has no CloudWatch logging option %s.", id)
}

func (s *Service) addLoggingOption(c *wire.Call, in *api.AddApplicationCloudWatchLoggingOptionRequest) (*api.AddApplicationCloudWatchLoggingOptionResponse, error) {
	arn := in.CloudWatchLoggingOption.LogStreamARN
	if err := checkLogStream(c, arn); err != nil {
		return nil, err
	}
	a, v, op, err := s.changeLogging(c, in.ApplicationName, in.CurrentApplicationVersionId, in.ConditionalToken, "AddApplicationCloudWatchLoggingOption",
		func(options []control.LogOption, version int64) ([]control.LogOption, error) {
			if len(options) > 0 {
				return nil, invalid("The application already has a CloudWatch logging option; update or delete that.")
			}
			return []control.LogOption{{ID: fmt.Sprintf("%d.1", version), StreamARN: arn}}, nil
		})
	if err != nil {
		return nil, err
	}
	return &api.AddApplicationCloudWatchLoggingOptionResponse{ApplicationARN: &a.ARN, ApplicationVersionId: &v.ID,
		CloudWatchLoggingOptionDescriptions: loggingOptions(v.Config.Logging), OperationId: &op}, nil
}

func (s *Service) deleteLoggingOption(c *wire.Call, in *api.DeleteApplicationCloudWatchLoggingOptionRequest) (*api.DeleteApplicationCloudWatchLoggingOptionResponse, error) {
	a, v, op, err := s.changeLogging(c, in.ApplicationName, in.CurrentApplicationVersionId, in.ConditionalToken, "DeleteApplicationCloudWatchLoggingOption",
		func(options []control.LogOption, _ int64) ([]control.LogOption, error) {
			left := slices.DeleteFunc(slices.Clone(options), func(o control.LogOption) bool { return o.ID == in.CloudWatchLoggingOptionId })
			if len(left) == len(options) {
				return nil, noLoggingOption(in.CloudWatchLoggingOptionId)
			}
			return left, nil
		})
	if err != nil {
		return nil, err
	}
	return &api.DeleteApplicationCloudWatchLoggingOptionResponse{ApplicationARN: &a.ARN, ApplicationVersionId: &v.ID,
		CloudWatchLoggingOptionDescriptions: loggingOptions(v.Config.Logging), OperationId: &op}, nil
}

// changeLogging makes a version with other logging options.
func (s *Service) changeLogging(c *wire.Call, name string, version *int64, token *string, kind string,
	change func(options []control.LogOption, next int64) ([]control.LogOption, error)) (control.App, control.Version, string, error) {
	return s.changeConfig(c, name, version, token, kind, func(conf *control.Config, next int64) (err error) {
		conf.Logging, err = change(conf.Logging, next)
		return err
	})
}

// changeConfig makes a version that differs as change tells, from the current
// one, which the caller names; next is its number.
func (s *Service) changeConfig(c *wire.Call, name string, version *int64, token *string, kind string,
	change func(conf *control.Config, next int64) error) (control.App, control.Version, string, error) {
	k := key(c, name)
	a, v, err := s.Control.Describe(k)
	if err != nil {
		return a, v, "", err
	}
	if err := checkBase(&a, version, token); err != nil {
		return a, v, "", err
	}
	conf := v.Config
	if err := change(&conf, a.Version+1); err != nil {
		return a, v, "", err
	}
	return s.Control.Update(k, a.Version, conf, nil, kind)
}

// addTags adds tags to a map, within AWS's limits.
func addTags(to map[string]string, tags []api.Tag) error {
	seen := map[string]bool{}
	for _, t := range tags {
		if seen[t.Key] {
			return invalid("Tag key %s is there twice.", t.Key)
		}
		seen[t.Key] = true
		to[t.Key] = value(t.Value, "")
	}
	if len(to) > maxTags {
		return wire.Errorf("TooManyTagsException", "An application can have no more than %d tags.", maxTags)
	}
	return nil
}

func (s *Service) tagResource(c *wire.Call, in *api.TagResourceRequest) (*api.TagResourceResponse, error) {
	name, err := nameOfARN(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &api.TagResourceResponse{}, s.Control.ChangeTags(key(c, name), func(tags map[string]string) error { return addTags(tags, in.Tags) })
}

func (s *Service) untagResource(c *wire.Call, in *api.UntagResourceRequest) (*api.UntagResourceResponse, error) {
	name, err := nameOfARN(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &api.UntagResourceResponse{}, s.Control.ChangeTags(key(c, name), func(tags map[string]string) error {
		for _, k := range in.TagKeys {
			delete(tags, k)
		}
		return nil
	})
}

func (s *Service) listTags(c *wire.Call, in *api.ListTagsForResourceRequest) (*api.ListTagsForResourceResponse, error) {
	name, err := nameOfARN(c, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	a, _, err := s.Control.Describe(key(c, name))
	if err != nil {
		return nil, err
	}
	out := &api.ListTagsForResourceResponse{Tags: []api.Tag{}}
	for _, k := range slices.Sorted(maps.Keys(a.Tags)) {
		out.Tags = append(out.Tags, api.Tag{Key: k, Value: new(a.Tags[k])})
	}
	return out, nil
}
