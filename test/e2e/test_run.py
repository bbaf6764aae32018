"""weir run, without a server: files in, files out."""
import json
import pathlib
import subprocess
import tempfile
import unittest

import rows
from server import WEIR


def run(*args, code=0):
    r = subprocess.run([WEIR, "run", *args], capture_output=True, text=True, timeout=120)
    if r.returncode != code:
        raise AssertionError(f"weir run {args} ended with {r.returncode}, not {code}:\n{r.stdout}{r.stderr}")
    return r


class Folder(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory(prefix="weir-e2e-")
        self.addCleanup(self.tmp.cleanup)
        self.dir = pathlib.Path(self.tmp.name)

    def script(self, records, name="job.sql"):
        (self.dir / "in.ndjson").write_text("".join(r + "\n" for r in records), encoding="utf-8")
        text = (rows.FOLDER / "local.sql").read_text()
        text = text.replace("{input}", str(self.dir / "in.ndjson")).replace("{output}", str(self.dir / "out"))
        (self.dir / name).write_text(text)
        return str(self.dir / name)

    def files(self):
        out = self.dir / "out"
        return [(str(p.relative_to(out)), p.read_text(encoding="utf-8")) for p in sorted(out.rglob("*")) if p.is_file()]


class Walkthrough(Folder):
    def rows_of(self, records, *args):
        run(*args, self.script(records))
        files = self.files()
        got = rows.by_folder(files)
        self.assertEqual({p for p, _ in files if p.endswith("/_SUCCESS")}, {k + "/_SUCCESS" for k in got})
        return got

    def want(self):
        """The end of a file closes the last window too, which Flink's recording
        of an endless stream left open: AAPL 64.0 of 10:08."""
        want = rows.sorted_rows("base")
        want["ticker=AAPL"] = sorted(want["ticker=AAPL"] + ['64.0,"2021-06-01 10:09:00"\n'])
        return want

    def test_base_rows(self):
        self.assertEqual(self.rows_of(rows.records("base")), self.want())

    def test_base_rows_in_parallel(self):
        """One file, three readers: those without a file change nothing of what is late."""
        self.assertEqual(self.rows_of(rows.records("base"), "--parallelism", "3"), self.want())

    def test_report(self):
        report = self.dir / "report.json"
        run("--report", str(report), self.script(rows.records("base")))
        got = json.loads(report.read_text())
        self.assertGreater(got["wall_seconds"] * got["cpu_seconds"] * got["peak_memory_bytes"], 0)
        job, sent, written = got["jobs"][0], len(rows.records("base")), sum(map(len, self.want().values()))
        self.assertEqual((job["records_in"], job["records_out"], job["late_records"]), (sent, written, 1))
        flow = [(o["name"].partition("[")[0], o["records_in"], o["records_out"], o["written"], o["late_records"]) for o in job["operators"]]
        self.assertEqual(flow, [
            ("Source: ticks", 0, sent, 0, 0), ("WatermarkAssigner", sent, sent, 0, 0), ("WindowAggregate", sent, written, 0, 1),
            ("Calc", written, written, 0, 0), ("Sink: averages", written, 0, written, 0)])


class ExitCodes(Folder):
    def test_no_such_file(self):
        self.assertIn("nowhere.sql", run("nowhere.sql", code=2).stderr)

    def test_syntax_error_tells_its_place(self):
        (self.dir / "bad.sql").write_text("SELECT 1;\nSELEC 2;\n")
        self.assertRegex(run(str(self.dir / "bad.sql"), code=2).stderr, r"2:1|line 2")

    def test_job_fails(self):
        """A record that is no JSON fails the job, as in Flink."""
        script = self.script(rows.feed("base")[:3] + ['{"event_time": "2021-06-01T10:00:04", "ticker": "BAD", "pri'])
        r = run("--set", "restart-strategy=none", script, code=1)
        self.assertIn("BAD", r.stderr)

    def test_unknown_option_names_the_nearest(self):
        script = pathlib.Path(self.script(rows.records("base")))
        script.write_text(script.read_text().replace("'format' = 'csv'", "'fromat' = 'csv'"))
        self.assertIn("format", run(str(script), code=2).stderr)


if __name__ == "__main__":
    unittest.main()
