"""What boto3 and the AWS CLI make of CloudWatch Logs; run by TestClients."""
import shutil
import subprocess
import sys
import time

import boto3
from botocore.exceptions import ClientError

logs = boto3.client("logs")
GROUP = "/aws/kinesis-analytics/app"
STREAM = "kinesis-analytics-log-stream"
now = int(time.time() * 1000)


def cli(*args):
    return subprocess.run([sys.executable, "-m", "awscli", "logs", *args], check=True, capture_output=True, text=True).stdout


def put(stream, *events):
    return logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=[{"timestamp": t, "message": m} for t, m in events])


logs.create_log_group(logGroupName=GROUP)
logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
logs.create_log_stream(logGroupName=GROUP, logStreamName="other")
try:
    logs.create_log_group(logGroupName=GROUP)
    raise AssertionError("no error")
except logs.exceptions.ResourceAlreadyExistsException:
    pass

# A full batch, and one byte or one event more.
r = put(STREAM, *[(now - 3_600_000 + i, "line %05d \u00e9" % i) for i in range(10_000)])
assert r["nextSequenceToken"] and "rejectedLogEventsInfo" not in r, r
put("other", (now, "x" * (1_048_576 - 26)))
for bad in ([(now, "x" * (1_048_576 - 25))], [(now, "x" * 524_262), (now, "x" * 524_263)], [(now, "x")] * 10_001):
    try:
        put("other", *bad)
        raise AssertionError("no error")
    except logs.exceptions.InvalidParameterException as e:
        assert "exceeds limit of 1048576" in str(e) or "less than or equal to 10000" in str(e), e

# Paginators see everything once, in order.
pages = list(logs.get_paginator("filter_log_events").paginate(
    logGroupName=GROUP, logStreamNames=[STREAM], PaginationConfig={"PageSize": 999}))
got = [e["message"] for p in pages for e in p["events"]]
assert got == ["line %05d \u00e9" % i for i in range(10_000)], (len(got), got[:3])
assert len({e["eventId"] for p in pages for e in p["events"]}) == 10_000
token, got = None, []
while True:
    r = logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM, startFromHead=True, limit=3000, **({"nextToken": token} if token else {}))
    got += [e["message"] for e in r["events"]]
    if r["nextForwardToken"] == token:
        break
    token = r["nextForwardToken"]
assert len(got) == 10_000 and got[-1] == "line 09999 \u00e9", len(got)
names = [s["logStreamName"] for p in logs.get_paginator("describe_log_streams").paginate(
    logGroupName=GROUP, PaginationConfig={"PageSize": 1}) for s in p["logStreams"]]
assert names == [STREAM, "other"], names
logs.delete_log_stream(logGroupName=GROUP, logStreamName="other")
try:
    logs.get_log_events(logGroupName=GROUP, logStreamName="other")
    raise AssertionError("no error")
except ClientError as e:
    assert e.response["Error"]["Code"] == "ResourceNotFoundException", e

# The CLI's own verbs.
assert cli("describe-log-groups", "--query", "logGroups[].arn", "--output", "text").strip().endswith(":log-group:" + GROUP + ":*")
out = cli("filter-log-events", "--log-group-name", GROUP, "--filter-pattern", '"line 0999"', "--query", "events[].message", "--output", "text")
assert out.split("\t") == ["line 0999%d \u00e9" % i for i in range(9)] + ["line 09999 \u00e9\n"], out
out = cli("get-log-events", "--log-group-name", GROUP, "--log-stream-name", STREAM, "--limit", "1", "--query", "events[].message", "--output", "text")
assert out == "line 09999 \u00e9\n", out


# `aws logs tail --follow` (which only the CLI's version 2 has) asks page after
# page; when there is no token it begins again at the newest event's time and
# leaves out the ids it has seen.
class Tail:
    def __init__(self, **kw):
        self.kw, self.seen, self.token = dict(logGroupName=GROUP, interleaved=True, **kw), {}, {}

    def poll(self):
        new = []
        while True:
            r = logs.filter_log_events(**self.kw, **self.token)
            for e in r["events"]:
                ids = self.seen.setdefault(e["timestamp"], set())
                if e["eventId"] not in ids:
                    ids.add(e["eventId"])
                    new.append(e["message"])
            self.token = {"nextToken": r["nextToken"]} if "nextToken" in r else {}
            if not self.token:
                break
        if self.seen:
            self.kw["startTime"] = max(self.seen)
            self.seen = {max(self.seen): self.seen[max(self.seen)]}
        return new


tail = Tail(startTime=now - 60_000, filterPattern="{ $.messageType = ERROR }")
assert tail.poll() == []
first, second, other = ['{"message":"%s","messageType":"%s"}' % m for m in (("first", "ERROR"), ("second", "ERROR"), ("no", "INFO"))]
put(STREAM, (now, first))
assert tail.poll() == [first]
assert tail.poll() == []
put(STREAM, (now, other), (now, second))
assert tail.poll() == [second]
assert len(Tail(startTime=now - 7_200_000).poll()) == 10_003

two = shutil.which("aws")
if two and subprocess.run([two, "--version"], capture_output=True, text=True).stdout.startswith("aws-cli/2"):
    out = subprocess.run([two, "logs", "tail", GROUP, "--since", "2h", "--format", "short", "--filter-pattern", '"line 0999"'],
                         check=True, capture_output=True, text=True).stdout
    assert len(out.splitlines()) == 10 and out.splitlines()[-1].endswith("line 09999 \u00e9"), out
print("clients agree")
