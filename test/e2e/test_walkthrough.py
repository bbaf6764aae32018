"""The walk-through, from the stream to Athena, by boto3."""
import json
import pathlib
import tempfile
import unittest

import rows
from server import Server, until
from walkthrough import REGION, Walkthrough, trust, zipped


def own(server, **kw):
    return Walkthrough(server, (rows.FOLDER / "ticker_averages.py").read_text(),
                       (rows.FOLDER / "role-policy.json").read_text(), **kw)


class Base(unittest.TestCase):
    maxDiff = None

    def server(self):
        s = Server(region=REGION)
        self.addCleanup(s.close)
        return s.start()

    def test_from_stream_to_athena(self):
        w = own(self.server(), sink={"commit.delay": "0 s"})
        w.prepare()
        w.put("before")
        self.assertEqual(w.create()["ApplicationStatus"], "READY")
        w.start()
        w.put("base", "second", "third")
        want = rows.sorted_rows("base")
        w.gives(want)
        folders = {k for k in w.objects() if k.endswith("/_SUCCESS")}
        self.assertLessEqual(folders, {f + "/_SUCCESS" for f in want})
        w.kda.stop_application(ApplicationName=w.app)
        w.reaches("READY")
        snapshots = w.kda.list_application_snapshots(ApplicationName=w.app)["SnapshotSummaries"]
        self.assertEqual([s["SnapshotStatus"] for s in snapshots], ["READY"])
        self.assertEqual(w.rows(), want, "stopping wrote or lost rows")
        self.assertTrue(w.log_lines(), "the application logged nothing")
        table = w.crawl()
        self.assertEqual([k["Name"] for k in table["PartitionKeys"]], ["ticker"])
        columns = [c["Name"] for c in table["StorageDescriptor"]["Columns"]]
        self.assertEqual(len(columns), 2)
        got = w.query(f'SELECT ticker, {columns[0]} FROM "{table["Name"]}" WHERE ticker = \'AAPL\' ORDER BY {columns[1]}')
        self.assertEqual([(t, float(p)) for t, p in got],
                         [("AAPL", float(r.split(",")[0])) for r in rows.expected("base")["ticker=AAPL"]])

    def test_four_shards_give_the_same_rows(self):
        w = own(self.server(), shards=4)
        w.prepare()
        w.put("before", "base", "second")
        w.create(position="TRIM_HORIZON")
        w.start()
        w.gives(rows.sorted_rows("trim"))

    def test_quirks_of_json_and_partition_names(self):
        w = own(self.server())
        w.prepare()
        w.create(position="TRIM_HORIZON")
        w.put("quirks")
        w.start()
        w.gives(rows.sorted_rows("quirks"))

    def killed(self, position, before, after, want, wait):
        """kill -9 of the server between two feeds: every record counts once."""
        s = self.server()
        w = own(s)
        w.prepare()
        w.put("before")
        w.create(position=position)
        w.start()
        w.put(*before)
        wait(w)
        s.kill()
        s.ready = None
        s.start()
        w = own(s)
        w.reaches("RUNNING")
        w.put(*after)
        w.gives(rows.sorted_rows(want))

    def test_killed_before_its_first_checkpoint(self):
        self.killed("TRIM_HORIZON", ["base"], ["second"], "trim", wait=lambda w: None)

    def test_killed_after_a_checkpoint(self):
        """LATEST is the moment of the first start, not that of the restart."""
        self.killed("LATEST", ["base"], ["second", "third"], "base", wait=lambda w: until("rows are there", w.rows))


class CommandLine(unittest.TestCase):
    def test_base(self):
        """The walk-through by the AWS CLI, the rows read back by `aws s3 sync`."""
        with Server(region=REGION) as s, tempfile.TemporaryDirectory(prefix="weir-e2e-") as tmp:
            w, here = own(s, sink={"commit.delay": "0 s"}), pathlib.Path(tmp)

            def file(name, content):
                (here / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
                return f"file://{here / name}"
            s.aws("kinesis", "create-stream", "--stream-name", w.stream, "--shard-count", "1")
            s.aws("kinesis", "wait", "stream-exists", "--stream-name", w.stream)
            s.aws("s3", "mb", f"s3://{w.code_bucket}")
            s.aws("s3", "mb", f"s3://{w.out_bucket}")
            file("code.zip", zipped(w.entry, w.program))
            s.aws("s3", "cp", str(here / "code.zip"), f"s3://{w.code_bucket}/{w.code_key}")
            role = json.loads(s.aws("iam", "create-role", "--role-name", w.app, "--assume-role-policy-document",
                                    file("trust.json", trust("kinesisanalytics.amazonaws.com").encode())))
            w.role = role["Role"]["Arn"]
            s.aws("iam", "put-role-policy", "--role-name", w.app, "--policy-name", "walkthrough",
                  "--policy-document", file("policy.json", w.policy.encode()))
            s.aws("logs", "create-log-group", "--log-group-name", w.group)
            s.aws("logs", "create-log-stream", "--log-group-name", w.group, "--log-stream-name", w.log_stream)
            s.aws("kinesisanalyticsv2", "create-application", "--cli-input-json", file("app.json", w.request("LATEST", 1000)))
            s.aws("kinesisanalyticsv2", "start-application", "--application-name", w.app, "--run-configuration", "{}")
            w.reaches("RUNNING")
            sent = [{"Data": r, "PartitionKey": "partitionkey"} for r in rows.records("base")]
            put = json.loads(s.aws("kinesis", "put-records", "--stream-name", w.stream, "--records", file("records.json", sent)))
            self.assertEqual(put["FailedRecordCount"], 0)
            want = rows.sorted_rows("base")
            w.gives(want)
            s.aws("s3", "sync", f"s3://{w.out_bucket}/", str(here / "out"))
            got = [(str(p.relative_to(here / "out")), p.read_text()) for p in (here / "out").rglob("*") if p.is_file()]
            self.assertEqual(rows.by_folder(got), want)
            lines = s.aws("logs", "filter-log-events", "--log-group-name", w.group)
            for said in (b"Loading configuration property: parallelism.default, 1", b") switched from state CREATED to RUNNING.",
                         b") switched from INITIALIZING to RUNNING.", b"Completed checkpoint 1 for job "):
                self.assertIn(said, lines)
            s.aws("kinesisanalyticsv2", "stop-application", "--application-name", w.app)
            w.reaches("READY")


class Originals(unittest.TestCase):
    """The users' own program and policy, not one byte changed."""

    def test_base(self):
        folder = rows.originals()
        with Server(region=REGION) as s:
            w = Walkthrough(s, (folder / "kda-pyflink-demo.py").read_bytes(), (folder / "role-policy.json").read_text(),
                            app="kda-pyflink-demo", entry="kda-pyflink-demo.py", stream="kda-input-stream",
                            code_bucket="kda-pyflink-shtian", code_key="kda-pyflink-demo.zip", out_bucket="kda-pyflink-shtian",
                            log_stream="kinesis-analytics-log-stream")
            w.prepare()
            w.put("before")
            w.create()
            w.start()
            w.put("base", "second", "third")
            w.gives(rows.sorted_rows("base"))


if __name__ == "__main__":
    unittest.main()
