package kinesis

import (
	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/wire"
)

// Ops implements wire.Service.
func (s *Service) Ops() wire.Ops {
	return wire.Ops{
		"AddTagsToStream":               wire.Handle(s.addTagsToStream),
		"CreateStream":                  wire.Handle(s.createStream),
		"DecreaseStreamRetentionPeriod": wire.Handle(s.decreaseRetention),
		"DeleteStream":                  wire.Handle(s.deleteStream),
		"DescribeLimits":                wire.Handle(s.describeLimits),
		"DescribeStream":                wire.Handle(s.describeStream),
		"DescribeStreamSummary":         wire.Handle(s.describeStreamSummary),
		"GetRecords":                    wire.Handle(s.getRecords),
		"GetShardIterator":              wire.Handle(s.getShardIterator),
		"IncreaseStreamRetentionPeriod": wire.Handle(s.increaseRetention),
		"ListShards":                    wire.Handle(s.listShards),
		"ListStreams":                   wire.Handle(s.listStreams),
		"ListTagsForResource":           wire.Handle(s.listTagsForResource),
		"ListTagsForStream":             wire.Handle(s.listTagsForStream),
		"MergeShards":                   wire.Handle(s.mergeShards),
		"PutRecord":                     wire.Handle(s.putRecord),
		"PutRecords":                    wire.Handle(s.putRecords),
		"RemoveTagsFromStream":          wire.Handle(s.removeTagsFromStream),
		"SplitShard":                    wire.Handle(s.splitShard),
		"TagResource":                   wire.Handle(s.tagResource),
		"UntagResource":                 wire.Handle(s.untagResource),
		"UpdateShardCount":              wire.Handle(s.updateShardCount),
		"UpdateStreamMode":              wire.Handle(s.updateStreamMode),
	}
}

// Resources implements wire.Service: the stream that a call names, in whatever
// way. ListStreams and DescribeLimits name none.
func (s *Service) Resources(c *wire.Call, _ string, in any) []string {
	var name, arn, id *string
	switch in := in.(type) {
	case *api.AddTagsToStreamInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.CreateStreamInput:
		name = &in.StreamName
	case *api.DecreaseStreamRetentionPeriodInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.DeleteStreamInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.DescribeStreamInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.DescribeStreamSummaryInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.GetRecordsInput:
		if it, err := parseIterator(s.seal, in.ShardIterator); err == nil {
			name = &it.Stream
		} else {
			arn, id = in.StreamARN, in.StreamId
		}
	case *api.GetShardIteratorInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.IncreaseStreamRetentionPeriodInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.ListShardsInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
		if in.NextToken != nil {
			if t, err := s.readToken(*in.NextToken); err == nil {
				name = &t.Stream
			}
		}
	case *api.ListTagsForResourceInput:
		arn, id = &in.ResourceARN, in.StreamId
	case *api.ListTagsForStreamInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.MergeShardsInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.PutRecordInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.PutRecordsInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.RemoveTagsFromStreamInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.SplitShardInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.TagResourceInput:
		arn, id = &in.ResourceARN, in.StreamId
	case *api.UntagResourceInput:
		arn, id = &in.ResourceARN, in.StreamId
	case *api.UpdateShardCountInput:
		name, arn, id = in.StreamName, in.StreamARN, in.StreamId
	case *api.UpdateStreamModeInput:
		arn, id = &in.StreamARN, in.StreamId
	}
	return s.arns(c, name, arn, id)
}

// arns are all the streams named: a call that names two by mistake must be
// allowed both to learn of it.
func (s *Service) arns(c *wire.Call, name, arn, id *string) []string {
	var out []string
	if arn != nil {
		out = append(out, *arn)
	}
	if name != nil {
		if a := streamARN(c, *name); arn == nil || *arn != a {
			out = append(out, a)
		}
	}
	if id != nil {
		if n := s.nameOfID(c.Region, *id); n != "" {
			out = append(out, streamARN(c, n))
		}
	}
	return out
}
