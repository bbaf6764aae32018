"""What boto3 makes of the gateway's answers; run by TestBoto3."""
import datetime
import urllib.error
import urllib.request

import boto3
import botocore.model
from botocore.config import Config
from botocore.exceptions import ClientError


def refused(code, f, **kw):
    try:
        f(**kw)
    except ClientError as e:
        got = e.response["Error"]["Code"]
        assert got == code, (code, e.response)
        assert e.response["ResponseMetadata"].get("RequestId"), e.response
        return e.response
    raise AssertionError("no error, wanted " + code)


cfg = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
kinesis = boto3.client("kinesis", config=cfg)
assert kinesis.create_stream(StreamName="s", ShardCount=1)["ResponseMetadata"]["HTTPStatusCode"] == 200
data = bytes(range(256))
put = kinesis.put_records(StreamName="s", Records=[{"Data": data, "PartitionKey": "p\u00e9"}, {"Data": b"", "PartitionKey": "q"}])
assert put["FailedRecordCount"] == 0 and len(put["Records"]) == 2, put
got = kinesis.get_records(ShardIterator="i")
assert [(r["Data"], r["PartitionKey"]) for r in got["Records"]] == [(data, "p\u00e9"), (b"", "q")], got
assert got["Records"][0]["ApproximateArrivalTimestamp"].timestamp() == 1622541601.123, got
refused("ResourceInUseException", kinesis.create_stream, StreamName="taken")
refused("ValidationException", kinesis.create_stream)
refused("UnknownOperationException", kinesis.list_stream_consumers, StreamARN="arn:aws:kinesis:us-east-1:012345678901:stream/s")
when = datetime.datetime(2021, 6, 1, 10, 0, 1, 500000, tzinfo=datetime.timezone.utc)
it = kinesis.get_shard_iterator(StreamName="s", ShardId="x", ShardIteratorType="AT_TIMESTAMP", Timestamp=when)
assert it["ShardIterator"] == "2021-06-01T10:00:01Z", it  # boto3 cuts seconds off

iam = boto3.client("iam", config=cfg)
role = iam.create_role(RoleName="r", AssumeRolePolicyDocument='{"Version":"2012-10-17<&>"}', Tags=[{"Key": "k", "Value": "\u00e9 x"}])["Role"]
assert role["CreateDate"] == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), role
assert role["AssumeRolePolicyDocument"] == {"Version": "2012-10-17<&>"} and role["Tags"] == [{"Key": "k", "Value": "\u00e9 x"}], role
assert iam.list_roles()["Roles"] == []
iam.delete_role(RoleName="r")
try:
    iam.get_role(RoleName="r")
    raise AssertionError("no error")
except iam.exceptions.NoSuchEntityException as e:
    assert e.response["ResponseMetadata"]["HTTPStatusCode"] == 404
refused("InvalidAction", iam.list_groups)

logs = boto3.client("logs", config=cfg)
try:
    logs.create_log_group(logGroupName="g")
    raise AssertionError("no error")
except logs.exceptions.ResourceAlreadyExistsException:
    pass

# CloudWatch speaks three protocols; boto3 takes the first of its list.
for protocol in ("json", "smithy-rpc-v2-cbor", "query"):
    botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = (protocol,)
    cw = boto3.client("cloudwatch", config=cfg)
    assert cw.meta.service_model.resolved_protocol == protocol
    cw.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.5}])
    # more than botocore's limit, so that it sends the body gzipped
    cw.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m" * 200, "Value": 1.5}] * 200)
    start = datetime.datetime(2026, 1, 1, 0, 0, 0, tzinfo=datetime.timezone.utc)
    stats = cw.get_metric_statistics(Namespace="n", MetricName="m", StartTime=start, EndTime=start, Period=60)
    assert stats["Datapoints"] == [{"Timestamp": start, "Average": 2.25, "Unit": "Count"}], stats
    refused("InvalidParameterValue", cw.put_metric_data, Namespace="n", MetricData=[{"MetricName": "m", "Value": 2}])
    refused("InvalidParameterValue", cw.get_metric_statistics, Namespace="bad", MetricName="m", StartTime=start, EndTime=start, Period=60)
    refused("ValidationError", cw.get_metric_statistics, Namespace="n")
    bad = boto3.client("cloudwatch", aws_access_key_id="AKIAWHO", aws_secret_access_key="x", config=cfg)
    refused("InvalidClientTokenId", bad.get_metric_statistics, Namespace="n", MetricName="m", StartTime=start, EndTime=start, Period=60)
    cw.close()
botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("json", "query")

sts = boto3.client("sts", config=cfg)
assert sts.get_caller_identity()["Account"] == "012345678901"
url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
assert b":root</Arn>" in urllib.request.urlopen(url).read()
try:
    urllib.request.urlopen(url.replace("Action=GetCallerIdentity", "Action=AssumeRole"))
    raise AssertionError("a changed URL was taken")
except urllib.error.HTTPError as e:
    assert e.code == 403 and b"SignatureDoesNotMatch" in e.read()

print("boto3 agrees")
