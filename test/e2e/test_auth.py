"""Who may do what: the role's policy is held to, and requests that are signed
wrongly do nothing. Errors as AWS words them."""
import datetime
import json
import unittest
import unittest.mock

import botocore.auth
import botocore.exceptions

import rows
from jobs import Bucket, Job, properties, send, unique
from server import Server, until

REGION, ACCOUNT = "cn-north-1", "012345678901"
IN, CODE, OUT = "ticks", "weir-walkthrough", "weir-walkthrough-out"
POLICY = json.loads((rows.FOLDER / "role-policy.json").read_text())


def setUpModule():
    global server
    server = Server(region=REGION)
    unittest.addModuleCleanup(server.close)
    server.start()
    for name in (IN, "other"):
        server.client("kinesis").create_stream(StreamName=name, ShardCount=1)
    for name in (CODE, OUT, "other-bucket"):
        server.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    server.client("s3").put_object(Bucket=CODE, Key="code/ticker_averages.zip", Body=b"zip")
    server.client("s3").put_object(Bucket="other-bucket", Key="secret", Body=b"secret")
    k = server.client("kinesis")
    until("the streams are active", lambda: all(
        k.describe_stream_summary(StreamName=n)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE" for n in (IN, "other")))


def assume(policy):
    """Credentials of a new role with this policy, got by a user who may."""
    iam, role, user = server.client("iam"), unique("role"), unique("user")
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="assume", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws-cn:iam::{ACCOUNT}:role/{role}"}]}))
    key = iam.create_access_key(UserName=user)["AccessKey"]
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]}))["Role"]["Arn"]
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(policy))
    sts = server.client("sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    got = sts.assume_role(RoleArn=arn, RoleSessionName="app")
    c = got["Credentials"]
    return {"key": c["AccessKeyId"], "secret": c["SecretAccessKey"], "token": c["SessionToken"]}, got["AssumedRoleUser"]["Arn"]


class Refusals(unittest.TestCase):
    def refused(self, code, call, **args):
        with self.assertRaises(botocore.exceptions.ClientError) as e:
            call(**args)
        self.assertEqual(e.exception.response["Error"]["Code"], code, e.exception)
        return e.exception.response["Error"]["Message"]


class Role(Refusals):
    @classmethod
    def setUpClass(cls):
        cls.who, cls.arn = assume(POLICY)

    def client(self, service):
        return server.client(service, **self.who)

    def test_who_it_is(self):
        self.assertEqual(self.client("sts").get_caller_identity()["Arn"], self.arn)
        self.assertRegex(self.arn, r"^arn:aws-cn:sts::012345678901:assumed-role/role-[0-9a-f]+/app$")

    def test_allowed(self):
        k, s3 = self.client("kinesis"), self.client("s3")
        k.put_record(StreamName=IN, Data=b"x", PartitionKey="k")
        k.list_shards(StreamName=IN)
        self.assertEqual(s3.get_object(Bucket=CODE, Key="code/ticker_averages.zip")["Body"].read(), b"zip")
        s3.put_object(Bucket=OUT, Key="a/b", Body=b"1")
        self.assertEqual(s3.list_objects_v2(Bucket=OUT, Prefix="a/")["KeyCount"], 1)
        s3.delete_object(Bucket=OUT, Key="a/b")
        self.client("logs").describe_log_groups()

    def test_denied_kinesis(self):
        k = self.client("kinesis")
        for action, call, args in (("PutRecord", k.put_record, {"Data": b"x", "PartitionKey": "k"}),
                                   ("DescribeStreamSummary", k.describe_stream_summary, {}),
                                   ("DeleteStream", k.delete_stream, {})):
            with self.subTest(action=action):
                arn = f"arn:aws-cn:kinesis:{REGION}:{ACCOUNT}:stream/other"
                self.assertEqual(
                    self.refused("AccessDeniedException", call, StreamName="other", **args),
                    f"User: {self.arn} is not authorized to perform: kinesis:{action} on resource: {arn} "
                    f"because no identity-based policy allows the kinesis:{action} action")
        self.assertEqual(server.client("kinesis").describe_stream_summary(StreamName="other")["StreamDescriptionSummary"]["StreamName"], "other")

    def test_denied_s3(self):
        s3 = self.client("s3")
        for call, args in ((s3.get_object, {"Bucket": "other-bucket", "Key": "secret"}),
                           (s3.put_object, {"Bucket": "other-bucket", "Key": "new", "Body": b"x"}),
                           (s3.list_objects_v2, {"Bucket": "other-bucket"}),
                           (s3.put_object, {"Bucket": CODE, "Key": "code/ticker_averages.zip", "Body": b"evil"}),
                           (s3.get_object, {"Bucket": CODE, "Key": "code/other.zip"}),
                           (s3.delete_bucket, {"Bucket": OUT})):
            with self.subTest(call=call.__name__, args=args):
                self.refused("AccessDenied", call, **args)
        root = server.client("s3")
        self.assertEqual(root.list_objects_v2(Bucket="other-bucket")["KeyCount"], 1)
        self.assertEqual(root.get_object(Bucket=CODE, Key="code/ticker_averages.zip")["Body"].read(), b"zip")

    def test_denied_elsewhere(self):
        self.refused("AccessDenied", self.client("iam").list_users)
        self.refused("AccessDeniedException", self.client("kinesisanalyticsv2").list_applications)

    def test_explicit_deny_wins(self):
        deny = {"Effect": "Deny", "Action": "kinesis:Put*", "Resource": "*"}
        who, arn = assume({**POLICY, "Statement": POLICY["Statement"] + [deny]})
        said = self.refused("AccessDeniedException", server.client("kinesis", **who).put_record,
                            StreamName=IN, Data=b"x", PartitionKey="k")
        self.assertIn(f"{arn} is not authorized to perform: kinesis:PutRecord", said)
        self.assertIn("with an explicit deny in an identity-based policy", said)


class Jobs(Refusals):
    """A job with a role that lacks one right: the denied action and resource are
    told, and nothing is read or written."""

    def runs_without(self, statement, *told):
        name = unique("denied")
        server.client("kinesis").create_stream(StreamName=name, ShardCount=1)
        k = server.client("kinesis")
        until("the stream is active",
              lambda: k.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE")
        out = Bucket(server, unique("out"))
        server.client("s3").create_bucket(Bucket=out.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        send(server, name, rows.records("trim"))
        text = json.dumps({"Version": "2012-10-17", "Statement": [s for s in POLICY["Statement"] if s["Sid"] != statement]})
        policy = json.loads(text.replace("stream/" + IN, "stream/" + name).replace(OUT, out.name))
        who, arn = assume(policy)
        env = {"AWS_ACCESS_KEY_ID": who["key"], "AWS_SECRET_ACCESS_KEY": who["secret"], "AWS_SESSION_TOKEN": who["token"]}
        with Job(server, rows.FOLDER / "ticker_averages.py", properties(name, out.name, REGION),
                 ["--set", "restart-strategy=none"], env=env) as job:
            self.assertNotEqual(job.wait(), 0)
            for text in told:
                self.assertRegex(job.output, text.format(arn=arn, name=name, out=out.name))
        self.assertEqual(out.keys(), [])

    def test_without_the_stream(self):
        self.runs_without("Ticks", r"{arn} is not authorized to perform: kinesis:\w+ on resource: "
                          r"arn:aws-cn:kinesis:cn-north-1:012345678901:stream/{name}")

    def test_without_the_bucket(self):
        self.runs_without("Averages", "AccessDenied", "{out}")


class Signatures(Refusals):
    def calls(self, **caller):
        return (server.client("kinesis", **caller).put_record, {"StreamName": IN, "Data": b"no", "PartitionKey": "k"}), \
               (server.client("s3", **caller).put_object, {"Bucket": OUT, "Key": "no", "Body": b"no"})

    def both(self, kinesis, s3, **caller):
        (k, kargs), (o, oargs) = self.calls(**caller)
        said = self.refused(kinesis, k, **kargs)
        self.refused(s3, o, **oargs)
        self.assertEqual(server.client("s3").list_objects_v2(Bucket=OUT, Prefix="no")["KeyCount"], 0)
        return said

    def test_wrong_secret(self):
        said = self.both("InvalidSignatureException", "SignatureDoesNotMatch", secret="x" * 40)
        self.assertIn("The request signature we calculated does not match the signature you provided.", said)

    def test_unknown_key(self):
        said = self.both("UnrecognizedClientException", "InvalidAccessKeyId", key="AKIDNOBODYHASTHISKEY")
        self.assertEqual(said, "The security token included in the request is invalid.")

    def test_wrong_token(self):
        who, _ = assume(POLICY)
        self.both("UnrecognizedClientException", "InvalidToken", **{**who, "token": who["token"][:-8] + "AAAAAAAA"})

    def test_deleted_key(self):
        iam, user = server.client("iam"), unique("user")
        iam.create_user(UserName=user)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
        self.both("UnrecognizedClientException", "InvalidAccessKeyId", key=key["AccessKeyId"], secret=key["SecretAccessKey"])

    def test_clock_twenty_minutes_off(self):
        for minutes, word in ((-20, "Signature expired"), (20, "Signature not yet current")):
            with self.subTest(minutes=minutes):
                def shifted(remove_tzinfo=True):
                    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
                    return now.replace(tzinfo=None) if remove_tzinfo else now
                with unittest.mock.patch.object(botocore.auth, "get_current_datetime", shifted):
                    (k, kargs), (o, oargs) = self.calls()
                    said = self.refused("InvalidSignatureException", k, **kargs)
                    self.refused("RequestTimeTooSkewed", o, **oargs)
                self.assertIn(word, said)


if __name__ == "__main__":
    unittest.main()
