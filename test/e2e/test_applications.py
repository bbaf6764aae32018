"""The life of an application by boto3 and the AWS CLI: what goes well, what
fails with its reason, and kill -9 of whatever runs."""
import contextlib
import io
import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import unittest
import urllib.request
import zipfile

import botocore.exceptions

import rows
from server import Server, children, running, until
from walkthrough import REGION, Walkthrough, zipped

PROGRAM = (rows.FOLDER / "ticker_averages.py").read_text()
POLICY = (rows.FOLDER / "role-policy.json").read_text()
SEED = int(os.environ.get("E2E_SEED", "20210601"))


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.server = Server(region=REGION)
        self.addCleanup(self.server.close)
        self.server.start()

    def prepared(self, program=PROGRAM, policy=POLICY, **kw):
        w = Walkthrough(self.server, program, policy, **kw)
        w.prepare()
        return w

    def again(self):
        """The server is killed and started on the same directory."""
        self.server.kill()
        self.server.ready = None
        self.server.start()

    def refused(self, code, call, **args):
        with self.assertRaises(botocore.exceptions.ClientError) as e:
            call(**args)
        self.assertEqual(e.exception.response["Error"]["Code"], code, e.exception)

    def operation(self, w, name, status, seconds=60):
        """The newest operation of a name, once it has ended; its details."""
        def ended():
            ops = w.kda.list_application_operations(ApplicationName=w.app, Operation=name)["ApplicationOperationInfoList"]
            return ops[0] if ops and ops[0]["OperationStatus"] != "IN_PROGRESS" else None
        op = until(f"{name} ends", ended, seconds)
        got = w.kda.describe_application_operation(ApplicationName=w.app, OperationId=op["OperationId"])["ApplicationOperationInfoDetails"]
        self.assertEqual(got["OperationStatus"], status, got)
        return got


class Life(Case):
    def test_a_snapshot_keeps_state_over_a_stop(self):
        """Windows open at the stop get the records sent while it was down."""
        w = self.prepared()
        w.create(position="TRIM_HORIZON")
        w.start()
        w.put("base")
        until("first rows", w.rows)
        w.kda.stop_application(ApplicationName=w.app)
        w.reaches("READY")
        self.operation(w, "StopApplication", "SUCCESSFUL")
        w.put("second", "third")
        w.start()
        w.gives(rows.sorted_rows("base"))
        self.operation(w, "StartApplication", "SUCCESSFUL")

    def test_killed_at_random_moments(self):
        """kill -9 of the application's processes, its Python among them, and of the
        server, in turn."""
        dice = random.Random(SEED)
        w = self.prepared()
        w.create(position="TRIM_HORIZON")
        w.start()
        records = rows.records("base")
        for i, record in enumerate(records):
            w.kinesis.put_record(StreamName=w.stream, Data=record, PartitionKey="partitionkey")
            if dice.random() > 0.08:
                continue
            below = children(self.server.process.pid)
            if below and dice.random() < 0.5:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(dice.choice(below), signal.SIGKILL)
            else:
                self.again()
                w = Walkthrough(self.server, PROGRAM, POLICY)
        w.reaches("RUNNING")
        w.gives(rows.sorted_rows("base"), 120)

    def test_two_starts_at_once(self):
        w = self.prepared()
        w.create()
        self.refused("ResourceInUseException", w.kda.stop_application, ApplicationName=w.app)
        w.kda.start_application(ApplicationName=w.app, RunConfiguration={})
        self.refused("ResourceInUseException", w.kda.start_application, ApplicationName=w.app, RunConfiguration={})
        w.reaches("RUNNING")
        self.refused("ResourceInUseException", w.kda.start_application, ApplicationName=w.app, RunConfiguration={})

    def test_deleted_while_it_runs(self):
        w = self.prepared()
        made = w.create()["CreateTimestamp"]
        w.start()
        below = until("the application's process", lambda: children(self.server.process.pid))
        w.kda.delete_application(ApplicationName=w.app, CreateTimestamp=made)

        def gone():
            try:
                w.status()
            except w.kda.exceptions.ResourceNotFoundException:
                return True
        until("the application is gone", gone)
        until("its processes are gone", lambda: not any(map(running, below)))

    def test_updates_while_it_runs(self):
        """Parallelism up and down, new code and a rollback: state is kept over each."""
        w = self.prepared()
        w.create(position="TRIM_HORIZON")
        w.start()
        w.put("base")
        until("first rows", w.rows)
        parallelism = lambda n: {"FlinkApplicationConfigurationUpdate": {"ParallelismConfigurationUpdate": {
            "ConfigurationTypeUpdate": "CUSTOM", "ParallelismUpdate": n, "ParallelismPerKPUUpdate": 1, "AutoScalingEnabledUpdate": False}}}
        self.updates(w, 2, parallelism(2))
        tasks = self.rest(w, "/jobs/overview")["jobs"][0]["tasks"]
        self.assertGreater(tasks["total"], 1, tasks)
        w.put("second")
        self.updates(w, 3, parallelism(1))
        w.s3.put_object(Bucket=w.code_bucket, Key=w.code_key, Body=zipped(w.entry, PROGRAM + "\n# the same, said again\n"))
        self.updates(w, 4, {"ApplicationCodeConfigurationUpdate": {"CodeContentUpdate": {"S3ContentLocationUpdate": {"FileKeyUpdate": w.code_key}}}})
        w.kda.rollback_application(ApplicationName=w.app, CurrentApplicationVersionId=4)
        self.refused("ResourceInUseException", w.kda.update_application, ApplicationName=w.app, CurrentApplicationVersionId=5)
        self.operation(w, "RollbackApplication", "SUCCESSFUL")
        w.put("third")
        w.gives(rows.sorted_rows("base"))
        versions = w.kda.list_application_versions(ApplicationName=w.app)["ApplicationVersionSummaries"]
        self.assertEqual([(v["ApplicationVersionId"], v["ApplicationStatus"]) for v in versions],
                         [(5, "RUNNING"), (4, "ROLLED_BACK"), (3, "READY"), (2, "READY"), (1, "READY")])

    def updates(self, w, version, change):
        got = w.kda.update_application(ApplicationName=w.app, CurrentApplicationVersionId=version - 1, ApplicationConfigurationUpdate=change)
        self.assertEqual((got["ApplicationDetail"]["ApplicationStatus"], got["ApplicationDetail"]["ApplicationVersionId"]), ("UPDATING", version))
        self.assertEqual(self.operation(w, "UpdateApplication", "SUCCESSFUL")["ApplicationVersionChangeDetails"],
                         {"ApplicationVersionUpdatedFrom": version - 1, "ApplicationVersionUpdatedTo": version})
        self.assertEqual(w.status(), "RUNNING")

    def rest(self, w, path):
        """The application's Flink REST API, behind a presigned URL."""
        url = w.kda.create_application_presigned_url(ApplicationName=w.app, UrlType="FLINK_DASHBOARD_URL")["AuthorizedUrl"]
        base, _, query = url.partition("?")
        with urllib.request.urlopen(base + path + "?" + query, timeout=10) as r:
            return json.load(r)

    def test_a_named_snapshot_and_none(self):
        """A start from a snapshot reads on behind it; one that skips reads all again."""
        w = self.prepared()
        w.create(position="TRIM_HORIZON")
        w.start()
        w.put("base")
        until("first rows", w.rows)
        w.kda.create_application_snapshot(ApplicationName=w.app, SnapshotName="mine")
        ready = lambda: w.kda.describe_application_snapshot(ApplicationName=w.app, SnapshotName="mine")["SnapshotDetails"]["SnapshotStatus"] == "READY"
        until("the snapshot is there", ready)
        w.kda.stop_application(ApplicationName=w.app, Force=True)
        w.reaches("READY")
        names = [s["SnapshotName"] for s in w.kda.list_application_snapshots(ApplicationName=w.app)["SnapshotSummaries"]]
        self.assertEqual(names, ["mine"], "a forced stop takes none")
        w.put("second", "third")
        w.kda.start_application(ApplicationName=w.app, RunConfiguration={"ApplicationRestoreConfiguration": {
            "ApplicationRestoreType": "RESTORE_FROM_CUSTOM_SNAPSHOT", "SnapshotName": "mine"}})
        w.reaches("RUNNING")
        w.gives(rows.sorted_rows("base"))
        job = self.rest(w, "/jobs/overview")["jobs"][0]["jid"]
        vertex = self.rest(w, f"/jobs/{job}")["vertices"][0]["id"]
        until("a checkpoint", lambda: self.rest(w, f"/jobs/{job}/checkpoints")["latest"]["completed"])
        id = self.rest(w, f"/jobs/{job}/checkpoints")["latest"]["completed"]["id"]
        part = self.rest(w, f"/jobs/{job}/checkpoints/details/{id}/subtasks/{vertex}")
        self.assertEqual((part["num_acknowledged_subtasks"], part["subtasks"][0]["status"]), (1, "completed"))
        self.assertEqual(self.rest(w, f"/jobs/{job}/vertices/{vertex}/backpressure")["backpressure-level"], "ok")
        w.kda.stop_application(ApplicationName=w.app, Force=True)
        w.reaches("READY")
        w.kda.start_application(ApplicationName=w.app, RunConfiguration={"ApplicationRestoreConfiguration": {
            "ApplicationRestoreType": "SKIP_RESTORE_FROM_SNAPSHOT"}})
        w.reaches("RUNNING")
        twice = {k: sorted(v * 2) for k, v in rows.sorted_rows("base").items()}
        w.gives(twice)

    def test_stopping_the_server_keeps_state(self):
        w = self.prepared()
        w.create(position="TRIM_HORIZON")
        w.start()
        w.put("base")
        until("first rows", w.rows)
        self.assertEqual(self.server.stop(), 0)
        self.server.ready = None
        self.server.start()
        w = Walkthrough(self.server, PROGRAM, POLICY)
        w.reaches("RUNNING")
        w.put("second", "third")
        w.gives(rows.sorted_rows("base"))


class Failures(Case):
    """Start fails: operation FAILED with the reason, the same in the log,
    application back to READY."""

    def fails(self, *reasons, **kw):
        w = self.prepared(**kw)
        w.create(position="TRIM_HORIZON")
        w.kda.start_application(ApplicationName=w.app, RunConfiguration={})
        got = self.operation(w, "StartApplication", "FAILED")
        w.reaches("READY")
        said = got["OperationFailureDetails"]["ErrorInfo"]["ErrorString"]

        def logged():
            log = "\n".join(json.loads(x)["message"] + json.loads(x).get("throwableInformation", "") for x in w.log_lines())
            return log if all(r in log for r in reasons) else None
        until(f"the log tells {reasons}", logged, 30)
        self.assertIn(reasons[0], said)
        self.assertEqual(w.objects(), {})

    def test_does_not_import(self):
        self.fails("No module named 'nothing_of_this_name'", program="import nothing_of_this_name\n")

    def test_unknown_option(self):
        self.fails("did you mean 'scan.stream.initpos'?", program=PROGRAM.replace("scan.stream.initpos'", "scan.stream.initpso'"))

    def test_syntax_error(self):
        self.fails("6:13", program=PROGRAM.replace("WATERMARK FOR", "WATERMARK OF", 1))

    def test_raises(self):
        self.fails("no luck today", program=PROGRAM.replace("    props = groups()", "    raise ValueError('no luck today')"))


class CLI(Case):
    """The same by the AWS CLI, with the connector's jar inside the zip."""

    def aws(self, *args):
        r = subprocess.run(["aws", "--output", "json", *args], env=self.server.environment(), capture_output=True, text=True)
        self.assertEqual(r.returncode, 0, r.stderr)
        return json.loads(r.stdout) if r.stdout.strip() else None

    def test_walkthrough(self):
        w = self.prepared()
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as z:
            z.writestr(w.entry, PROGRAM)
            z.writestr("lib/amazon-kinesis-sql-connector-flink-2.0.3.jar", b"PK\5\6" + b"\0" * 18)
        w.put("base", "second", "third")
        with tempfile.TemporaryDirectory(prefix="weir-e2e-") as dir:
            dir = pathlib.Path(dir)
            (dir / "code.zip").write_bytes(code.getvalue())
            self.aws("s3", "cp", "--only-show-errors", str(dir / "code.zip"), f"s3://{w.code_bucket}/{w.code_key}")
            group = lambda name, **kw: {"PropertyGroupId": name, "PropertyMap": {k.replace("__", "."): v for k, v in kw.items()}}
            (dir / "create.json").write_text(json.dumps({
                "ApplicationName": w.app, "RuntimeEnvironment": "FLINK-1_11", "ServiceExecutionRole": w.role,
                "CloudWatchLoggingOptions": [{"LogStreamARN": w.arn("logs", f"log-group:{w.group}:log-stream:{w.log_stream}")}],
                "ApplicationConfiguration": {
                    "ApplicationCodeConfiguration": {"CodeContentType": "ZIPFILE", "CodeContent": {"S3ContentLocation": {
                        "BucketARN": f"arn:aws-cn:s3:::{w.code_bucket}", "FileKey": w.code_key}}},
                    "EnvironmentProperties": {"PropertyGroups": [
                        group("consumer.config.0", input__stream__name=w.stream, aws__region=REGION, flink__stream__initpos="TRIM_HORIZON"),
                        group("sink.config.0", output__bucket__name=w.out_bucket, commit__delay="0 s"),
                        group("kinesis.analytics.flink.run.options", python=w.entry,
                              jarfile="lib/amazon-kinesis-sql-connector-flink-2.0.3.jar")]},
                    "FlinkApplicationConfiguration": {"CheckpointConfiguration": {
                        "ConfigurationType": "CUSTOM", "CheckpointingEnabled": True, "CheckpointInterval": 5000}}}}))
            made = self.aws("kinesisanalyticsv2", "create-application", "--cli-input-json", f"file://{dir}/create.json")
        self.assertEqual(made["ApplicationDetail"]["ApplicationStatus"], "READY")
        self.aws("kinesisanalyticsv2", "start-application", "--application-name", w.app, "--run-configuration", "{}")
        w.reaches("RUNNING")
        w.gives(rows.sorted_rows("base"))
        listed = self.aws("kinesisanalyticsv2", "list-applications")["ApplicationSummaries"]
        self.assertEqual([(a["ApplicationName"], a["ApplicationStatus"]) for a in listed], [(w.app, "RUNNING")])
        self.aws("kinesisanalyticsv2", "stop-application", "--application-name", w.app)
        w.reaches("READY")
        self.aws("kinesisanalyticsv2", "delete-application", "--application-name", w.app,
                 "--create-timestamp", str(made["ApplicationDetail"]["CreateTimestamp"]))


if __name__ == "__main__":
    unittest.main()
