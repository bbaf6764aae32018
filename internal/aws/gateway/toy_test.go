package gateway_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/aws/api/athena"
	"weir/internal/aws/api/cloudwatch"
	"weir/internal/aws/api/iam"
	"weir/internal/aws/api/kinesis"
	"weir/internal/aws/api/logs"
	"weir/internal/aws/api/sts"
	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/wire"
	"weir/internal/clock"
)

// toy is a service made for these tests: enough behaviour to see what goes in
// and comes out of the gateway.
type toy struct {
	name string
	ops  wire.Ops
}

func (t toy) Name() string  { return t.name }
func (t toy) Ops() wire.Ops { return t.ops }
func (t toy) Resources(c *wire.Call, op string, in any) []string {
	if in, ok := in.(*kinesis.CreateStreamInput); ok {
		return []string{c.ARN("kinesis", "stream/"+in.StreamName)}
	}
	return nil
}

func toys() []wire.Service {
	return []wire.Service{toyKinesis(), toyIAM(), toyCloudWatch(),
		toy{"sts", wire.Ops{"GetCallerIdentity": wire.Handle(func(c *wire.Call, _ *sts.GetCallerIdentityRequest) (*sts.GetCallerIdentityResponse, error) {
			return &sts.GetCallerIdentityResponse{Account: &c.Account, Arn: &c.Principal.ARN, UserId: &c.Principal.UserID}, nil
		})}},
		toy{"logs", wire.Ops{"CreateLogGroup": wire.Handle(func(c *wire.Call, in *logs.CreateLogGroupRequest) (*logs.CreateLogGroupOutput, error) {
			return nil, wire.Errorf("ResourceAlreadyExistsException", "The specified log group already exists")
		})}},
		toy{"athena", wire.Ops{"GetQueryExecution": wire.Handle(func(c *wire.Call, in *athena.GetQueryExecutionInput) (*athena.GetQueryExecutionOutput, error) {
			return nil, &wire.Error{Code: "InvalidRequestException", Message: "QueryExecution " + in.QueryExecutionId + " was not found",
				Fields: map[string]any{"AthenaErrorCode": "INVALID_INPUT"}}
		})}},
	}
}

func toyKinesis() toy {
	var mu sync.Mutex
	var kept []kinesis.Record
	return toy{"kinesis", wire.Ops{
		"CreateStream": wire.Handle(func(c *wire.Call, in *kinesis.CreateStreamInput) (*kinesis.CreateStreamOutput, error) {
			switch in.StreamName {
			case "taken":
				return nil, wire.Errorf("ResourceInUseException", "Stream %s under account %s already exists.", in.StreamName, c.Account)
			case "broken":
				return nil, errors.New("the disk is on fire")
			case "panics":
				panic("on purpose")
			}
			return &kinesis.CreateStreamOutput{}, nil
		}),
		"PutRecords": wire.Handle(func(c *wire.Call, in *kinesis.PutRecordsInput) (*kinesis.PutRecordsOutput, error) {
			mu.Lock()
			defer mu.Unlock()
			out := &kinesis.PutRecordsOutput{FailedRecordCount: new(int32(0))}
			for _, r := range in.Records {
				kept = append(kept, kinesis.Record{SequenceNumber: "1", Data: r.Data, PartitionKey: r.PartitionKey,
					ApproximateArrivalTimestamp: new(time.UnixMilli(1622541601123))})
				out.Records = append(out.Records, kinesis.PutRecordsResultEntry{SequenceNumber: new("1"), ShardId: new("shardId-000000000000")})
			}
			return out, nil
		}),
		"GetRecords": wire.Handle(func(c *wire.Call, in *kinesis.GetRecordsInput) (*kinesis.GetRecordsOutput, error) {
			mu.Lock()
			defer mu.Unlock()
			return &kinesis.GetRecordsOutput{Records: kept, MillisBehindLatest: new(int64(0))}, nil
		}),
		"GetShardIterator": wire.Handle(func(c *wire.Call, in *kinesis.GetShardIteratorInput) (*kinesis.GetShardIteratorOutput, error) {
			text := "none"
			if in.Timestamp != nil {
				text = in.Timestamp.Format(time.RFC3339Nano)
			}
			return &kinesis.GetShardIteratorOutput{ShardIterator: &text}, nil
		}),
	}}
}

func toyIAM() toy {
	return toy{"iam", wire.Ops{
		"CreateRole": wire.Handle(func(c *wire.Call, in *iam.CreateRoleRequest) (*iam.CreateRoleResponse, error) {
			role := &iam.Role{Path: "/", RoleName: in.RoleName, RoleId: "AROAX", Arn: c.ARN("iam", "role/"+in.RoleName),
				CreateDate: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), AssumeRolePolicyDocument: &in.AssumeRolePolicyDocument, Tags: in.Tags}
			return &iam.CreateRoleResponse{Role: role}, nil
		}),
		"GetRole": wire.Handle(func(c *wire.Call, in *iam.GetRoleRequest) (*iam.GetRoleResponse, error) {
			return nil, wire.Errorf("NoSuchEntity", "The role with name %s cannot be found.", in.RoleName)
		}),
		"DeleteRole": wire.Handle(func(c *wire.Call, in *iam.DeleteRoleRequest) (*iam.DeleteRoleOutput, error) {
			return &iam.DeleteRoleOutput{}, nil
		}),
		"ListRoles": wire.Handle(func(c *wire.Call, in *iam.ListRolesRequest) (*iam.ListRolesResponse, error) {
			return &iam.ListRolesResponse{IsTruncated: new(false)}, nil
		}),
	}}
}

func toyCloudWatch() toy {
	return toy{"cloudwatch", wire.Ops{
		"PutMetricData": wire.Handle(func(c *wire.Call, in *cloudwatch.PutMetricDataInput) (*cloudwatch.PutMetricDataOutput, error) {
			if in.MetricData[0].Value == nil || *in.MetricData[0].Value != 1.5 {
				return nil, wire.Errorf("InvalidParameterValue", "The value is not 1.5 but %v", in.MetricData[0].Value)
			}
			return &cloudwatch.PutMetricDataOutput{}, nil
		}),
		"GetMetricStatistics": wire.Handle(func(c *wire.Call, in *cloudwatch.GetMetricStatisticsInput) (*cloudwatch.GetMetricStatisticsOutput, error) {
			if in.Namespace == "bad" {
				return nil, wire.Errorf("InvalidParameterValueException", "no such namespace")
			}
			return &cloudwatch.GetMetricStatisticsOutput{Label: &in.MetricName, Datapoints: []cloudwatch.Datapoint{
				{Timestamp: &in.StartTime, Average: new(2.25), Unit: new("Count")}}}, nil
		}),
	}}
}

// keys are the callers of these tests beside root.
type keys struct{ gatewaytest.Root }

func (k keys) Credentials(ctx context.Context, key string) (string, string, wire.Principal, time.Time, error) {
	ann := wire.Principal{ARN: "arn:aws:iam::012345678901:user/ann", Account: "012345678901", UserName: "ann", AccessKey: key}
	switch key {
	case "AKIAANN":
		return "ann-secret", "", ann, time.Time{}, nil
	case "ASIAOLD":
		return "old-secret", "old-token", ann, epoch.Add(-time.Second), nil
	case "ASIANEW":
		return "new-secret", "new-token", ann, epoch.Add(time.Hour), nil
	}
	return k.Root.Credentials(ctx, key)
}

// onlyMine lets ann create streams called mine.
type onlyMine struct{}

func (onlyMine) Authorize(c *wire.Call, action string, resources []string) error {
	if action == "kinesis:CreateStream" && len(resources) == 1 && strings.HasSuffix(resources[0], "stream/mine") {
		return nil
	}
	return wire.Errorf("AccessDenied", "User: %s is not authorized to perform: %s", c.Principal.ARN, action)
}

var epoch = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func start(t testing.TB) *gatewaytest.Server {
	return gatewaytest.Start(t, gatewaytest.Options{Clock: clock.NewManual(epoch), Credentials: keys{gatewaytest.Root{Region: "us-east-1"}},
		Authorizer: onlyMine{}, Unfinished: true}, toys()...)
}

func TestScripts(t *testing.T) { gatewaytest.RunScripts(t, "testdata", start) }
