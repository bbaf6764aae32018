"""The walk-through, from the stream to Athena, by boto3."""
import unittest

import rows
from server import Server, until
from walkthrough import REGION, Walkthrough


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
