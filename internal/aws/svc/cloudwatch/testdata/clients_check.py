"""What boto3 and the AWS CLI make of CloudWatch; run by TestClients."""
import datetime
import json
import subprocess
import sys

import boto3
import botocore.session
from botocore.config import Config

UTC = datetime.timezone.utc
now = datetime.datetime.now(UTC).replace(microsecond=0)
start, end = now - datetime.timedelta(minutes=30), now + datetime.timedelta(minutes=5)


def client(protocol):
    """A client that speaks one of the protocols of the model's list."""
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    load = loader.load_service_model

    def one(service, type_name, *a, **kw):
        model = load(service, type_name, *a, **kw)
        if service == "cloudwatch" and type_name == "service-2":
            model = dict(model, metadata=dict(model["metadata"], protocol=protocol, protocols=[protocol]))
        return model

    loader.load_service_model = one
    return boto3.Session(botocore_session=session).client("cloudwatch")


for protocol in ("smithy-rpc-v2-cbor", "json", "query"):
    cw = client(protocol)
    assert cw.meta.service_model.resolved_protocol == protocol, protocol
    name = "m-" + protocol
    dims = [{"Name": "Application", "Value": "app"}]
    cw.put_metric_data(Namespace="App", MetricData=[
        {"MetricName": name, "Dimensions": dims, "Timestamp": now, "Values": [1.5, 2.5], "Counts": [1.0, 3.0], "Unit": "Count"},
        {"MetricName": name, "Dimensions": dims, "Timestamp": now - datetime.timedelta(minutes=2), "Value": -4.0, "Unit": "Count"}])
    got = cw.get_metric_statistics(Namespace="App", MetricName=name, Dimensions=dims, StartTime=start, EndTime=end, Period=3600,
                                   Statistics=["Sum", "SampleCount", "Minimum"], ExtendedStatistics=["p100"])
    assert got["Label"] == name and len(got["Datapoints"]) == 1, got
    d = got["Datapoints"][0]
    assert (d["Sum"], d["SampleCount"], d["Minimum"], d["Unit"], d["ExtendedStatistics"]) == (5.0, 5.0, -4.0, "Count", {"p100": 2.5}), got
    assert d["Timestamp"] == start.replace(second=0), got

    metric = {"Metric": {"Namespace": "App", "MetricName": name, "Dimensions": dims}, "Period": 60, "Stat": "Average"}
    pages = cw.get_paginator("get_metric_data").paginate(
        StartTime=start, EndTime=end, ScanBy="TimestampAscending", MaxDatapoints=1,
        MetricDataQueries=[{"Id": "m1", "MetricStat": metric}, {"Id": "e1", "Expression": "m1 * 2", "Label": "twice"}])
    values = {}
    for page in pages:
        for r in page["MetricDataResults"]:
            values.setdefault(r["Id"], []).extend(r["Values"])
    assert values == {"m1": [-4.0, 2.25], "e1": [-8.0, 4.5]}, values

    listed = [m["MetricName"] for p in cw.get_paginator("list_metrics").paginate(Namespace="App", Dimensions=[{"Name": "Application"}]) for m in p["Metrics"]]
    assert name in listed, listed
    try:
        cw.put_metric_data(Namespace="AWS/X", MetricData=[{"MetricName": "m", "Value": 1}])
        raise AssertionError("no error")
    except cw.exceptions.InvalidParameterValueException as e:
        assert "Namespace" in str(e), e

# What the service itself publishes is found as the service's metric.
cw = boto3.client("cloudwatch")
(m,) = cw.list_metrics(Namespace="AWS/KinesisAnalytics")["Metrics"]
assert m == {"Namespace": "AWS/KinesisAnalytics", "MetricName": "uptime", "Dimensions": [{"Name": "Application", "Value": "app"}]}, m

# More than a page of metrics, more data than one call takes.
for i in range(0, 1200, 600):
    cw.put_metric_data(Namespace="Many", MetricData=[{"MetricName": "m%04d" % j, "Value": j} for j in range(i, i + 600)])
pages = list(cw.get_paginator("list_metrics").paginate(Namespace="Many"))
assert [len(p["Metrics"]) for p in pages] == [500, 500, 200], [len(p["Metrics"]) for p in pages]
try:
    cw.put_metric_data(Namespace="Many", MetricData=[{"MetricName": "m", "Value": 1}] * 1001)
    raise AssertionError("no error")
except cw.exceptions.InvalidParameterValueException:
    pass


def cli(*args):
    return subprocess.run([sys.executable, "-m", "awscli", "cloudwatch", *args], check=True, capture_output=True, text=True).stdout


cli("put-metric-data", "--namespace", "Cli", "--metric-name", "m", "--value", "7", "--dimensions", "A=1")
out = json.loads(cli("get-metric-statistics", "--namespace", "Cli", "--metric-name", "m", "--dimensions", "Name=A,Value=1", "--start-time", start.isoformat(),
                     "--end-time", end.isoformat(), "--period", "3600", "--statistics", "Maximum"))
assert [d["Maximum"] for d in out["Datapoints"]] == [7.0], out
print("clients agree")
