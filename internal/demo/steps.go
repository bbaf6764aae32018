package demo

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

type m = map[string]any

func (d *demo) arn(service, region, account, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", d.Partition, service, region, account, resource)
}

func (d *demo) createStream(ctx context.Context) (string, error) {
	if err := d.json(ctx, "kinesis", "CreateStream", m{"StreamName": streamName, "ShardCount": 1}, nil); err != nil {
		return "", err
	}
	err := d.until(ctx, "the stream", 1, func() (int, bool, error) {
		var out struct{ StreamDescriptionSummary struct{ StreamStatus string } }
		err := d.json(ctx, "kinesis", "DescribeStreamSummary", m{"StreamName": streamName}, &out)
		return 0, out.StreamDescriptionSummary.StreamStatus == "ACTIVE", err
	})
	return "stream " + streamName + ", 1 shard", err
}

func (d *demo) createBucket(ctx context.Context) (string, error) {
	in := &s3.CreateBucketInput{Bucket: &d.bucket}
	if d.Region != "us-east-1" {
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(d.Region)}
	}
	if _, err := d.s3.CreateBucket(ctx, in); err != nil {
		return "", err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("program.py")
	if err != nil {
		return "", err
	}
	if _, err := w.Write(program); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	key := codeKey
	_, err = d.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &d.bucket, Key: &key, Body: bytes.NewReader(b.Bytes())})
	return fmt.Sprintf("s3://%s/%s, %d bytes", d.bucket, codeKey, b.Len()), err
}

// createRole makes one role that the application and the crawler assume.
func (d *demo) createRole(ctx context.Context) (string, error) {
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["kinesisanalytics.amazonaws.com","glue.amazonaws.com"]},"Action":"sts:AssumeRole"}]}`
	err := d.caller.query(ctx, "CreateRole", map[string]string{"RoleName": roleName, "AssumeRolePolicyDocument": trust})
	if err != nil {
		return "", err
	}
	statement := func(actions string, resources ...string) string {
		return fmt.Sprintf(`{"Effect":"Allow","Action":[%s],"Resource":["%s"]}`, actions, strings.Join(resources, `","`))
	}
	bucket := d.arn("s3", "", "", d.bucket)
	policy := `{"Version":"2012-10-17","Statement":[` + strings.Join([]string{
		statement(`"kinesis:*"`, d.arn("kinesis", d.Region, d.Account, "stream/"+streamName)),
		statement(`"s3:Get*","s3:List*","s3:PutObject","s3:DeleteObject","s3:Abort*"`, bucket, bucket+"/*"),
		statement(`"logs:*"`, d.arn("logs", d.Region, d.Account, "log-group:*")),
		statement(`"glue:*"`, "*"),
	}, ",") + `]}`
	err = d.caller.query(ctx, "PutRolePolicy", map[string]string{"RoleName": roleName, "PolicyName": "demo", "PolicyDocument": policy})
	return "role " + roleName, err
}

func (d *demo) roleARN() string { return d.arn("iam", "", d.Account, "role/"+roleName) }

func (d *demo) createLogs(ctx context.Context) (string, error) {
	if err := d.json(ctx, "logs", "CreateLogGroup", m{"logGroupName": groupName}, nil); err != nil {
		return "", err
	}
	return groupName, d.json(ctx, "logs", "CreateLogStream", m{"logGroupName": groupName, "logStreamName": logStream}, nil)
}

func (d *demo) createApplication(ctx context.Context) (string, error) {
	group := func(id string, props m) m { return m{"PropertyGroupId": id, "PropertyMap": props} }
	var out struct {
		ApplicationDetail struct{ ApplicationStatus string }
	}
	err := d.json(ctx, "kinesisanalytics", "CreateApplication", m{
		"ApplicationName": appName, "RuntimeEnvironment": "FLINK-1_18", "ServiceExecutionRole": d.roleARN(),
		"ApplicationConfiguration": m{
			"ApplicationCodeConfiguration": m{"CodeContentType": "ZIPFILE", "CodeContent": m{"S3ContentLocation": m{
				"BucketARN": d.arn("s3", "", "", d.bucket), "FileKey": codeKey}}},
			"FlinkApplicationConfiguration": m{"CheckpointConfiguration": m{"ConfigurationType": "CUSTOM",
				"CheckpointingEnabled": true, "CheckpointInterval": 5000, "MinPauseBetweenCheckpoints": 500}},
			"EnvironmentProperties": m{"PropertyGroups": []m{
				group("consumer.config.0", m{"input.stream.name": streamName, "aws.region": d.Region, "flink.stream.initpos": "TRIM_HORIZON"}),
				group("sink.config.0", m{"output.bucket.name": d.bucket}),
				group("kinesis.analytics.flink.run.options", m{"python": "program.py"}),
			}},
		},
		"CloudWatchLoggingOptions": []m{{"LogStreamARN": d.arn("logs", d.Region, d.Account, "log-group:"+groupName+":log-stream:"+logStream)}},
	}, &out)
	return appName + " is " + out.ApplicationDetail.ApplicationStatus, err
}

func (d *demo) startApplication(ctx context.Context) (string, error) {
	var started struct{ OperationId string }
	if err := d.json(ctx, "kinesisanalytics", "StartApplication", m{"ApplicationName": appName}, &started); err != nil {
		return "", err
	}
	err := d.until(ctx, "the application to run", 1, func() (int, bool, error) {
		var out struct {
			ApplicationOperationInfoDetails struct {
				OperationStatus         string
				OperationFailureDetails struct{ ErrorInfo struct{ ErrorString string } }
			}
		}
		err := d.json(ctx, "kinesisanalytics", "DescribeApplicationOperation", m{"ApplicationName": appName, "OperationId": started.OperationId}, &out)
		o := out.ApplicationOperationInfoDetails
		if err == nil && o.OperationStatus == "FAILED" {
			err = fmt.Errorf("the application did not start: %s", o.OperationFailureDetails.ErrorInfo.ErrorString)
		}
		return 0, o.OperationStatus == "SUCCESSFUL", err
	})
	return appName + " is RUNNING", err
}

func (d *demo) putRecords(ctx context.Context) (string, error) {
	d.sent = ticks(d.Clock.Now().UTC().Truncate(time.Minute))
	d.want = averages(d.sent)
	for rest := d.sent; len(rest) > 0; {
		n := min(len(rest), 500)
		var entries []m
		for _, t := range rest[:n] {
			entries = append(entries, m{"Data": base64.StdEncoding.EncodeToString(t.json()), "PartitionKey": t.ticker})
		}
		rest = rest[n:]
		var out struct{ FailedRecordCount int }
		if err := d.json(ctx, "kinesis", "PutRecords", m{"StreamName": streamName, "Records": entries}, &out); err != nil {
			return "", err
		}
		if out.FailedRecordCount > 0 {
			return "", fmt.Errorf("%d records were refused", out.FailedRecordCount)
		}
	}
	return fmt.Sprintf("%d records, %d minutes of event time, %d tickers", len(d.sent), minutes, len(tickers)), nil
}

// awaitFiles waits until every ticker's folder has its _SUCCESS and as many
// rows as there are windows.
func (d *demo) awaitFiles(ctx context.Context) (string, error) {
	files, rows := 0, 0
	err := d.until(ctx, "files in S3", len(d.want), func() (int, bool, error) {
		files, rows = 0, 0
		success := 0
		prefix := "averages/"
		out, err := d.s3.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &d.bucket, Prefix: &prefix})
		if err != nil {
			return 0, false, err
		}
		for _, o := range out.Contents {
			if strings.HasSuffix(*o.Key, "/_SUCCESS") {
				success++
				continue
			}
			n, err := d.lines(ctx, *o.Key)
			if err != nil {
				return 0, false, err
			}
			files, rows = files+1, rows+n
		}
		return rows, rows >= len(d.want) && success == len(tickers), nil
	})
	return fmt.Sprintf("%d files with %d rows, _SUCCESS in %d folders", files, rows, len(tickers)), err
}

// lines is how many lines an object has.
func (d *demo) lines(ctx context.Context, key string) (int, error) {
	out, err := d.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &d.bucket, Key: &key})
	if err != nil {
		return 0, err
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(out.Body)
	if cerr := out.Body.Close(); err == nil {
		err = cerr
	}
	return bytes.Count(b.Bytes(), []byte("\n")), err
}
