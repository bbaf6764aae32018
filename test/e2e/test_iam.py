"""IAM and STS as boto3 sees them: whose policies allow what, on every service."""
import json
import unittest

import botocore.exceptions

from jobs import unique
from server import Server

ACCOUNT = "012345678901"


def setUpModule():
    global server
    server = Server()
    unittest.addModuleCleanup(server.close)
    server.start()


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


def trust(principal, **more):
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


class User:
    """A user with a policy and a key; client gives its clients."""

    def __init__(self, *statements, boundary=None):
        iam, self.name = server.client("iam"), unique("user")
        more = {}
        if boundary:
            more["PermissionsBoundary"] = iam.create_policy(PolicyName=unique("limit"), PolicyDocument=policy(*boundary))["Policy"]["Arn"]
        self.arn = iam.create_user(UserName=self.name, **more)["User"]["Arn"]
        if statements:
            iam.put_user_policy(UserName=self.name, PolicyName="p", PolicyDocument=policy(*statements))
        self.key = iam.create_access_key(UserName=self.name)["AccessKey"]

    def client(self, service):
        return server.client(service, key=self.key["AccessKeyId"], secret=self.key["SecretAccessKey"])


def session(credentials, service):
    return server.client(service, key=credentials["AccessKeyId"], secret=credentials["SecretAccessKey"], token=credentials["SessionToken"])


class Case(unittest.TestCase):
    def refused(self, code, call, **args):
        with self.assertRaises(botocore.exceptions.ClientError) as e:
            call(**args)
        self.assertEqual(e.exception.response["Error"]["Code"], code, e.exception)
        return e.exception.response["Error"]["Message"]


class Policies(Case):
    def denied(self, user, service, call, action, resource, why, code="AccessDeniedException", **args):
        said = self.refused(code, getattr(user.client(service), call), **args)
        self.assertEqual(said, f"User: {user.arn} is not authorized to perform: {action} on resource: {resource} {why}")

    def test_nothing_is_allowed_by_itself(self):
        user = User()
        name, arn = unique("s"), f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/"
        self.denied(user, "kinesis", "create_stream", "kinesis:CreateStream", arn + name,
                    "because no identity-based policy allows the kinesis:CreateStream action", StreamName=name, ShardCount=1)
        self.denied(user, "logs", "create_log_group", "logs:CreateLogGroup", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{name}:log-stream:",
                    "because no identity-based policy allows the logs:CreateLogGroup action", logGroupName=name)
        self.denied(user, "iam", "get_user", "iam:GetUser", user.arn,
                    "because no identity-based policy allows the iam:GetUser action", code="AccessDenied")
        self.refused("AccessDenied", user.client("s3").list_buckets)
        self.refused("AccessDenied", user.client("cloudwatch").list_metrics)
        self.assertEqual(user.client("sts").get_caller_identity()["Arn"], user.arn, "which needs no right")

    def test_an_explicit_deny_wins(self):
        name = unique("s")
        arn = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{name}"
        user = User(allow("kinesis:*"), deny("kinesis:Delete*", arn))
        user.client("kinesis").create_stream(StreamName=name, ShardCount=1)
        self.denied(user, "kinesis", "delete_stream", "kinesis:DeleteStream", arn,
                    "with an explicit deny in an identity-based policy", StreamName=name)
        self.denied(user, "kinesis", "delete_stream", "kinesis:DeleteStream", arn,
                    "with an explicit deny in an identity-based policy", StreamARN=arn)

    def test_a_boundary_limits(self):
        user = User(allow("*"), boundary=[allow("logs:*")])
        user.client("logs").describe_log_groups()
        name = unique("s")
        self.denied(user, "kinesis", "create_stream", "kinesis:CreateStream", f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/{name}",
                    "because no permissions boundary allows the kinesis:CreateStream action", StreamName=name, ShardCount=1)

    def test_conditions_on_a_prefix(self):
        bucket, root = unique("b"), server.client("s3")
        root.create_bucket(Bucket=bucket)
        for key in ("mine/a", "theirs/a"):
            root.put_object(Bucket=bucket, Key=key, Body=b"x")
        user = User(allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", Condition={"StringLike": {"s3:prefix": "mine/*"}}),
                    allow("s3:GetObject", f"arn:aws:s3:::{bucket}/${{aws:username}}/*"))
        s3 = user.client("s3")
        self.assertEqual(s3.list_objects_v2(Bucket=bucket, Prefix="mine/")["KeyCount"], 1)
        self.refused("AccessDenied", s3.list_objects_v2, Bucket=bucket, Prefix="theirs/")
        self.refused("AccessDenied", s3.list_objects_v2, Bucket=bucket)
        root.put_object(Bucket=bucket, Key=user.name + "/own", Body=b"own")
        self.assertEqual(s3.get_object(Bucket=bucket, Key=user.name + "/own")["Body"].read(), b"own")
        self.refused("AccessDenied", s3.get_object, Bucket=bucket, Key="mine/a")

    def test_conditions_on_the_call(self):
        name = unique("s")
        user = User(allow("kinesis:CreateStream", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
                    allow("kinesis:ListStreams", Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}),
                    allow("kinesis:DescribeLimits", Condition={"Bool": {"aws:SecureTransport": "true"}}),
                    allow("logs:CreateLogGroup", Condition={"StringEquals": {"aws:RequestTag/team": "a"}}))
        k = user.client("kinesis")
        self.refused("AccessDeniedException", k.create_stream, StreamName=name, ShardCount=1)
        k.list_streams()
        self.refused("AccessDeniedException", k.describe_limits)
        logs = user.client("logs")
        self.refused("AccessDeniedException", logs.create_log_group, logGroupName=name, tags={"team": "b"})
        logs.create_log_group(logGroupName=name, tags={"team": "a"})

    def test_a_version_of_an_object_is_a_right_of_its_own(self):
        bucket, root = unique("b"), server.client("s3")
        root.create_bucket(Bucket=bucket)
        root.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        first = root.put_object(Bucket=bucket, Key="code.zip", Body=b"1")["VersionId"]
        root.put_object(Bucket=bucket, Key="code.zip", Body=b"2")
        s3 = User(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*")).client("s3")
        self.assertEqual(s3.get_object(Bucket=bucket, Key="code.zip")["Body"].read(), b"2")
        self.refused("AccessDenied", s3.get_object, Bucket=bucket, Key="code.zip", VersionId=first)
        s3 = User(allow("s3:GetObjectVersion", f"arn:aws:s3:::{bucket}/*")).client("s3")
        self.assertEqual(s3.get_object(Bucket=bucket, Key="code.zip", VersionId=first)["Body"].read(), b"1")
        self.refused("AccessDenied", s3.get_object, Bucket=bucket, Key="code.zip")

    def test_what_changes_counts_at_once(self):
        user, iam = User(), server.client("iam")
        arn = iam.create_policy(PolicyName=unique("p"), PolicyDocument=policy(allow("kinesis:ListStreams")))["Policy"]["Arn"]
        k = user.client("kinesis")
        iam.attach_user_policy(UserName=user.name, PolicyArn=arn)
        k.list_streams()
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("kinesis:DescribeLimits")), SetAsDefault=True)
        k.describe_limits()
        self.refused("AccessDeniedException", k.list_streams)
        iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
        k.list_streams()
        iam.detach_user_policy(UserName=user.name, PolicyArn=arn)
        self.refused("AccessDeniedException", k.list_streams)
        iam.update_access_key(UserName=user.name, AccessKeyId=user.key["AccessKeyId"], Status="Inactive")
        self.refused("UnrecognizedClientException", k.list_streams)

    def test_pass_role(self):
        iam, name = server.client("iam"), unique("app")
        arn = iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=trust({"Service": "kinesisanalytics.amazonaws.com"}))["Role"]["Arn"]
        user = User(allow("kinesisanalytics:*"))
        args = {"ApplicationName": name, "RuntimeEnvironment": "FLINK-1_11", "ServiceExecutionRole": arn}
        self.denied(user, "kinesisanalyticsv2", "create_application", "iam:PassRole", arn,
                    "because no identity-based policy allows the iam:PassRole action", **args)
        to = lambda service: User(allow("kinesisanalytics:*"), allow("iam:PassRole", arn, Condition={"StringEquals": {"iam:PassedToService": service}}))
        self.refused("AccessDeniedException", to("glue.amazonaws.com").client("kinesisanalyticsv2").create_application, **args)
        to("kinesisanalytics.amazonaws.com").client("kinesisanalyticsv2").create_application(**args)


class Sessions(Case):
    def role(self, principal, *statements, **more):
        iam, name = server.client("iam"), unique("role")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(principal, **more))["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*statements))
        return arn

    def test_trust(self):
        user, other = User(), User(allow("sts:AssumeRole"))
        arn = self.role({"AWS": user.arn}, Condition={"StringEquals": {"sts:ExternalId": "secret"}})
        told = f"User: {user.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        sts = user.client("sts")
        self.assertEqual(self.refused("AccessDenied", sts.assume_role, RoleArn=arn, RoleSessionName="app"), told)
        self.assertEqual(self.refused("AccessDenied", sts.assume_role, RoleArn=arn, RoleSessionName="app", ExternalId="guess"), told)
        sts.assume_role(RoleArn=arn, RoleSessionName="app", ExternalId="secret")
        self.refused("AccessDenied", other.client("sts").assume_role, RoleArn=arn, RoleSessionName="app", ExternalId="secret")
        self.refused("AccessDenied", sts.assume_role, RoleArn=arn + "-none", RoleSessionName="app", ExternalId="secret")

    def test_a_session_policy_narrows(self):
        arn = self.role({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, allow("kinesis:*"))
        user = User(allow("sts:AssumeRole", arn))
        got = user.client("sts").assume_role(RoleArn=arn, RoleSessionName="app", Policy=policy(allow(["kinesis:ListStreams", "logs:*"])))
        k = session(got["Credentials"], "kinesis")
        k.list_streams()
        self.assertIn("because no session policy allows the kinesis:DescribeLimits action", self.refused("AccessDeniedException", k.describe_limits))
        self.assertIn("because no identity-based policy allows the logs:DescribeLogGroups action",
                      self.refused("AccessDeniedException", session(got["Credentials"], "logs").describe_log_groups))

    def test_how_long(self):
        arn = self.role({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
        sts = User(allow("sts:AssumeRole", arn)).client("sts")
        self.assertEqual(self.refused("ValidationError", sts.assume_role, RoleArn=arn, RoleSessionName="app", DurationSeconds=3601),
                         "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        got = sts.assume_role(RoleArn=arn, RoleSessionName="chain", DurationSeconds=900)
        chained = session(got["Credentials"], "sts")
        self.assertEqual(chained.get_caller_identity()["UserId"], got["AssumedRoleUser"]["AssumedRoleId"])
        self.refused("AccessDenied", chained.assume_role, RoleArn=arn, RoleSessionName="app")
        self.refused("AccessDenied", chained.get_session_token)

    def test_root_takes_a_role_that_trusts_the_account(self):
        arn = self.role({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
        got = server.client("sts").assume_role(RoleArn=arn, RoleSessionName="app")
        self.assertEqual(session(got["Credentials"], "sts").get_caller_identity()["Arn"], got["AssumedRoleUser"]["Arn"])

    def test_get_session_token(self):
        user = User(allow(["iam:GetUser", "kinesis:ListStreams"]))
        got = user.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
        self.assertEqual(session(got, "sts").get_caller_identity()["Arn"], user.arn)
        session(got, "kinesis").list_streams()
        self.refused("InvalidClientTokenId", session(got, "iam").get_user)
        self.refused("InvalidClientTokenId", server.client("sts", key=got["AccessKeyId"], secret=got["SecretAccessKey"]).get_caller_identity)


class Lists(Case):
    def test_every_page(self):
        """Each paginator shows everything once, two at a time."""
        iam, path = server.client("iam"), f"/{unique('p')}/"
        users, roles, policies = ([unique(stem) for _ in range(5)] for stem in ("u", "r", "p"))
        for user in users:
            iam.create_user(UserName=user, Path=path)
        for role in roles:
            iam.create_role(RoleName=role, Path=path, AssumeRolePolicyDocument=trust({"Service": "glue.amazonaws.com"}))
        arns = [iam.create_policy(PolicyName=p, Path=path, PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"] for p in policies]
        for arn in arns:
            iam.attach_role_policy(RoleName=roles[0], PolicyArn=arn)
            iam.attach_user_policy(UserName=users[0], PolicyArn=arn)
        for name in policies:
            iam.put_role_policy(RoleName=roles[0], PolicyName=name, PolicyDocument=policy(allow("s3:*")))
            iam.put_user_policy(UserName=users[0], PolicyName=name, PolicyDocument=policy(allow("s3:*")))
        for user in users:
            if user != users[0]:
                iam.attach_user_policy(UserName=user, PolicyArn=arns[0])
        for operation, members, key, want, args in (
                ("list_users", "Users", "UserName", users, {"PathPrefix": path}),
                ("list_roles", "Roles", "RoleName", roles, {"PathPrefix": path}),
                ("list_policies", "Policies", "Arn", arns, {"PathPrefix": path}),
                ("list_attached_role_policies", "AttachedPolicies", "PolicyArn", arns, {"RoleName": roles[0]}),
                ("list_attached_user_policies", "AttachedPolicies", "PolicyArn", arns, {"UserName": users[0]}),
                ("list_role_policies", "PolicyNames", None, policies, {"RoleName": roles[0]}),
                ("list_user_policies", "PolicyNames", None, policies, {"UserName": users[0]}),
                ("list_entities_for_policy", "PolicyUsers", "UserName", users, {"PolicyArn": arns[0], "EntityFilter": "User"})):
            with self.subTest(operation):
                pages = list(iam.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **args))
                got = [x[key] if key else x for page in pages for x in page[members]]
                self.assertEqual((sorted(got), len(pages)), (sorted(want), 3))


if __name__ == "__main__":
    unittest.main()
