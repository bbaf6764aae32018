package logs

import (
	api "weir/internal/aws/api/logs"
	"weir/internal/aws/wire"
)

// Ops implements wire.Service.
func (s *Service) Ops() wire.Ops {
	return wire.Ops{
		"CreateLogGroup":        wire.Handle(s.createLogGroup),
		"CreateLogStream":       wire.Handle(s.createLogStream),
		"DeleteLogGroup":        wire.Handle(s.deleteLogGroup),
		"DeleteLogStream":       wire.Handle(s.deleteLogStream),
		"DeleteRetentionPolicy": wire.Handle(s.deleteRetentionPolicy),
		"DescribeLogGroups":     wire.Handle(s.describeLogGroups),
		"DescribeLogStreams":    wire.Handle(s.describeLogStreams),
		"FilterLogEvents":       wire.Handle(s.filterLogEvents),
		"GetLogEvents":          wire.Handle(s.getLogEvents),
		"ListTagsForResource":   wire.Handle(s.listTagsForResource),
		"ListTagsLogGroup":      wire.Handle(s.listTagsLogGroup),
		"PutLogEvents":          wire.Handle(s.putLogEvents),
		"PutRetentionPolicy":    wire.Handle(s.putRetentionPolicy),
		"TagLogGroup":           wire.Handle(s.tagLogGroup),
		"TagResource":           wire.Handle(s.tagResource),
		"UntagLogGroup":         wire.Handle(s.untagLogGroup),
		"UntagResource":         wire.Handle(s.untagResource),
	}
}

// Resources implements wire.Service. As on AWS, an operation on a group is
// authorised on the group's ARN with an empty stream behind it (which a policy
// names by log-group:G:*), one on a stream's events on the stream's, and tags
// by ARN on the group's alone.
func (s *Service) Resources(c *wire.Call, _ string, in any) []string {
	var name, identifier *string
	stream := ""
	switch in := in.(type) {
	case *api.CreateLogGroupRequest:
		name = &in.LogGroupName
	case *api.DeleteLogGroupRequest:
		name = &in.LogGroupName
	case *api.CreateLogStreamRequest:
		name, stream = &in.LogGroupName, in.LogStreamName
	case *api.DeleteLogStreamRequest:
		name, stream = &in.LogGroupName, in.LogStreamName
	case *api.PutLogEventsRequest:
		name, stream = &in.LogGroupName, in.LogStreamName
	case *api.GetLogEventsRequest:
		name, identifier, stream = in.LogGroupName, in.LogGroupIdentifier, in.LogStreamName
	case *api.DescribeLogGroupsRequest:
		name = new("")
	case *api.DescribeLogStreamsRequest:
		name, identifier = in.LogGroupName, in.LogGroupIdentifier
	case *api.FilterLogEventsRequest:
		name, identifier = in.LogGroupName, in.LogGroupIdentifier
	case *api.PutRetentionPolicyRequest:
		name = &in.LogGroupName
	case *api.DeleteRetentionPolicyRequest:
		name = &in.LogGroupName
	case *api.TagLogGroupRequest:
		name = &in.LogGroupName
	case *api.UntagLogGroupRequest:
		name = &in.LogGroupName
	case *api.ListTagsLogGroupRequest:
		name = &in.LogGroupName
	case *api.TagResourceRequest:
		return []string{in.ResourceArn}
	case *api.UntagResourceRequest:
		return []string{in.ResourceArn}
	case *api.ListTagsForResourceRequest:
		return []string{in.ResourceArn}
	}
	group, err := groupName(c, name, identifier)
	if err != nil {
		return nil
	}
	return []string{c.ARN("logs", "log-group:"+group+":log-stream:"+stream)}
}
