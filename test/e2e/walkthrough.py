"""The walk-through over the public APIs: what a user's scripts do, step by step."""
import io
import json
import zipfile

import rows
from server import until

REGION, ACCOUNT, PARTITION = "cn-north-1", "012345678901", "aws-cn"


def trust(service):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]})


def zipped(name, text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, text)
    return out.getvalue()


class Walkthrough:
    """The names of one walk-through, and its steps on a server.

    program is the PyFlink file's text, policy the role's; both as their author
    has them, so the names below must be those they use.
    """

    def __init__(self, server, program, policy, app="ticker-averages", entry="ticker_averages.py", stream="ticks",
                 code_bucket="weir-walkthrough", code_key="code/ticker_averages.zip", out_bucket="weir-walkthrough-out",
                 log_stream="main", shards=1, sink=None):
        self.server, self.program, self.policy = server, program, policy
        self.app, self.entry, self.stream, self.shards = app, entry, stream, shards
        self.code_bucket, self.code_key, self.out_bucket = code_bucket, code_key, out_bucket
        self.group, self.log_stream = f"/aws/kinesis-analytics/{app}", log_stream
        self.sink = sink or {}
        self.s3, self.kinesis = server.client("s3"), server.client("kinesis")
        self.iam, self.logs = server.client("iam"), server.client("logs")
        self.kda = server.client("kinesisanalyticsv2")

    def arn(self, service, resource, region=REGION, account=ACCOUNT):
        return f"arn:{PARTITION}:{service}:{region}:{account}:{resource}"

    def prepare(self):
        """Stream, buckets, code, role with its policy, logs."""
        self.kinesis.create_stream(StreamName=self.stream, ShardCount=self.shards)
        self.kinesis.get_waiter("stream_exists").wait(StreamName=self.stream, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
        for bucket in dict.fromkeys((self.code_bucket, self.out_bucket)):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_object(Bucket=self.code_bucket, Key=self.code_key, Body=zipped(self.entry, self.program))
        role = self.iam.create_role(RoleName=self.app, AssumeRolePolicyDocument=trust("kinesisanalytics.amazonaws.com"))
        self.role = role["Role"]["Arn"]
        self.iam.put_role_policy(RoleName=self.app, PolicyName="walkthrough", PolicyDocument=self.policy)
        self.logs.create_log_group(logGroupName=self.group)
        self.logs.create_log_stream(logGroupName=self.group, logStreamName=self.log_stream)

    def request(self, position, interval):
        """CreateApplication's input, with its property groups."""
        groups = {
            "consumer.config.0": {"input.stream.name": self.stream, "aws.region": REGION, "flink.stream.initpos": position},
            "sink.config.0": {"output.bucket.name": self.out_bucket, **self.sink},
            "kinesis.analytics.flink.run.options": {"python": self.entry},
        }
        code = {"BucketARN": f"arn:{PARTITION}:s3:::{self.code_bucket}", "FileKey": self.code_key}
        return {
            "ApplicationName": self.app, "RuntimeEnvironment": "FLINK-1_11", "ServiceExecutionRole": self.role,
            "CloudWatchLoggingOptions": [{"LogStreamARN": self.arn("logs", f"log-group:{self.group}:log-stream:{self.log_stream}")}],
            "ApplicationConfiguration": {
                "ApplicationCodeConfiguration": {"CodeContentType": "ZIPFILE", "CodeContent": {"S3ContentLocation": code}},
                "EnvironmentProperties": {"PropertyGroups": [
                    {"PropertyGroupId": k, "PropertyMap": v} for k, v in groups.items()]},
                "FlinkApplicationConfiguration": {"CheckpointConfiguration": {
                    "ConfigurationType": "CUSTOM", "CheckpointingEnabled": True, "CheckpointInterval": interval,
                    "MinPauseBetweenCheckpoints": 0}},
            },
        }

    def create(self, position="LATEST", interval=1000):
        """The application; checkpoints every second, so that a test need not
        wait a minute for its rows."""
        return self.kda.create_application(**self.request(position, interval))["ApplicationDetail"]

    def status(self):
        return self.kda.describe_application(ApplicationName=self.app)["ApplicationDetail"]["ApplicationStatus"]

    def reaches(self, status, seconds=60):
        try:
            until(f"the application is {status}", lambda: self.status() == status, seconds)
        except AssertionError as e:
            raise AssertionError(f"{e}; it is {self.status()}; its log:\n" + "\n".join(self.log_lines()[-40:])) from None

    def start(self):
        self.kda.start_application(ApplicationName=self.app, RunConfiguration={})
        self.reaches("RUNNING")

    def put(self, *feeds):
        for name in feeds:
            for record in rows.feed(name):
                self.kinesis.put_record(StreamName=self.stream, Data=record, PartitionKey="partitionkey")

    def objects(self):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.out_bucket)
        return {o["Key"]: o for page in pages for o in page.get("Contents", []) if o["Key"].startswith("ticker=")}

    def rows(self):
        keys = self.objects()
        read = [(k, self.s3.get_object(Bucket=self.out_bucket, Key=k)["Body"].read().decode()) for k in keys]
        return rows.by_folder(read)

    def gives(self, want, seconds=90):
        """Waits for exactly these rows; a row too many is final."""
        try:
            until("the rows are there", lambda: self.rows() == want, seconds)
        except AssertionError:
            got = self.rows()
            wrong = {k: (got.get(k), want.get(k)) for k in got.keys() | want.keys() if got.get(k) != want.get(k)}
            raise AssertionError(f"rows differ (got, want): {wrong}; the log:\n" + "\n".join(self.log_lines()[-40:])) from None

    def log_lines(self):
        events = self.logs.filter_log_events(logGroupName=self.group)["events"]
        return [e["message"] for e in events]

    def crawl(self):
        """A crawler over the output, under its own role; the table's columns."""
        glue = self.server.client("glue")
        role = self.iam.create_role(RoleName="crawler", AssumeRolePolicyDocument=trust("glue.amazonaws.com"))["Role"]["Arn"]
        self.iam.put_role_policy(RoleName="crawler", PolicyName="crawl", PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": ["glue:*", "logs:*"], "Resource": "*"},
                {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"],
                 "Resource": [f"arn:{PARTITION}:s3:::{self.out_bucket}", f"arn:{PARTITION}:s3:::{self.out_bucket}/*"]}]}))
        glue.create_database(DatabaseInput={"Name": "averages"})
        glue.create_crawler(Name="averages", Role=role, DatabaseName="averages",
                            Targets={"S3Targets": [{"Path": f"s3://{self.out_bucket}/"}]})
        glue.start_crawler(Name="averages")
        until("the crawler is done", lambda: glue.get_crawler(Name="averages")["Crawler"]["State"] == "READY", 60)
        last = glue.get_crawler(Name="averages")["Crawler"]["LastCrawl"]
        assert last["Status"] == "SUCCEEDED", last
        tables = glue.get_tables(DatabaseName="averages")["TableList"]
        assert len(tables) == 1, tables
        return tables[0]

    def query(self, sql):
        """A query's rows, without the header, as text."""
        athena = self.server.client("athena")
        query = athena.start_query_execution(
            QueryString=sql, QueryExecutionContext={"Database": "averages"},
            ResultConfiguration={"OutputLocation": f"s3://{self.code_bucket}/athena/"})["QueryExecutionId"]

        def ended():
            status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            return status if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED") else None
        status = until("the query ends", ended, 60)
        assert status["State"] == "SUCCEEDED", status
        pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
        data = [[c.get("VarCharValue") for c in r["Data"]] for page in pages for r in page["ResultSet"]["Rows"]]
        return data[1:]
