"""Each service answers a real client: boto3 and the AWS CLI."""
import json
import unittest
import uuid

import botocore.exceptions

from server import Server


def setUpModule():
    global server
    server = Server()
    unittest.addModuleCleanup(server.close)
    server.start()


def name(stem):
    return f"{stem}-{uuid.uuid4().hex[:12]}"


class Front(unittest.TestCase):
    def test_health(self):
        status, body = server.health()
        self.assertEqual(status, 200)
        self.assertIsInstance(body, dict)

    def test_caller_identity(self):
        got = server.client("sts").get_caller_identity()
        self.assertEqual((got["Account"], got["Arn"]), ("012345678901", "arn:aws:iam::012345678901:root"))

    def refused(self, code, call, **args):
        with self.assertRaises(botocore.exceptions.ClientError) as e:
            call(**args)
        self.assertEqual(e.exception.response["Error"]["Code"], code)
        return e.exception.response["Error"]["Message"]

    def test_wrong_secret(self):
        self.refused("SignatureDoesNotMatch", server.client("sts", secret="x" * 40).get_caller_identity)

    def test_unknown_key(self):
        self.refused("InvalidClientTokenId", server.client("sts", key="AKIDNOBODYHASTHISKEY").get_caller_identity)

    def test_wrong_secret_reads_no_object(self):
        bucket = name("closed")
        server.client("s3").create_bucket(Bucket=bucket)
        self.refused("SignatureDoesNotMatch", server.client("s3", secret="x" * 40).list_objects_v2, Bucket=bucket)


class Kinesis(unittest.TestCase):
    def test_put_and_get(self):
        k, stream = server.client("kinesis"), name("ticks")
        k.create_stream(StreamName=stream, ShardCount=1)
        k.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
        sent = [f"record {i}".encode() for i in range(25)]
        put = k.put_records(StreamName=stream, Records=[{"Data": d, "PartitionKey": "k"} for d in sent])
        self.assertEqual(put["FailedRecordCount"], 0)
        shard = k.list_shards(StreamName=stream)["Shards"][0]["ShardId"]
        iterator = k.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        got = k.get_records(ShardIterator=iterator)
        self.assertEqual([r["Data"] for r in got["Records"]], sent)
        self.assertEqual([r["SequenceNumber"] for r in got["Records"]], [r["SequenceNumber"] for r in put["Records"]])
        self.assertEqual(got["MillisBehindLatest"], 0)

    def test_stream_that_is_not_there(self):
        with self.assertRaises(botocore.exceptions.ClientError) as e:
            server.client("kinesis").describe_stream_summary(StreamName="nowhere")
        self.assertEqual(e.exception.response["Error"],
                         {"Code": "ResourceNotFoundException", "Message": "Stream nowhere under account 012345678901 not found."})


class S3(unittest.TestCase):
    def test_put_get_list(self):
        s3, bucket = server.client("s3"), name("objects")
        s3.create_bucket(Bucket=bucket)
        keys = ["a", "ticker=AAPL/part-0", "ticker=AAPL/part-1", "ticker=A%3DB/part-0", "ticker=股票/part-0"]
        for key in keys:
            s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        listed = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
        self.assertEqual([o["Key"] for page in listed for o in page["Contents"]], sorted(keys, key=lambda k: k.encode()))
        for key in keys:
            self.assertEqual(s3.get_object(Bucket=bucket, Key=key)["Body"].read(), key.encode())
        folders = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
        self.assertEqual([p["Prefix"] for p in folders["CommonPrefixes"]],
                         ["ticker=A%3DB/", "ticker=AAPL/", "ticker=股票/"])
        gone = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k in keys] + [{"Key": "ticker=AAPL/"}]})
        self.assertNotIn("Errors", gone)
        self.assertEqual(s3.list_objects_v2(Bucket=bucket)["KeyCount"], 0)


class CLI(unittest.TestCase):
    def test_identity(self):
        self.assertEqual(json.loads(server.aws("sts", "get-caller-identity"))["Account"], "012345678901")

    def test_stream(self):
        stream = name("cli")
        server.aws("kinesis", "create-stream", "--stream-name", stream, "--shard-count", "2")
        server.aws("kinesis", "wait", "stream-exists", "--stream-name", stream)
        shards = json.loads(server.aws("kinesis", "list-shards", "--stream-name", stream))["Shards"]
        self.assertEqual([s["ShardId"] for s in shards], ["shardId-000000000000", "shardId-000000000001"])

    def test_copy_through_a_bucket(self):
        bucket = name("cli")
        server.aws("s3", "mb", f"s3://{bucket}")
        server.aws("s3", "cp", "-", f"s3://{bucket}/x/y", stdin=b"hello\n")
        self.assertEqual(server.aws("s3", "cp", f"s3://{bucket}/x/y", "-"), b"hello\n")


if __name__ == "__main__":
    unittest.main()
