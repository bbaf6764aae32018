"""Wrong input to weir run: exit code 2 and the true reason on standard error."""
import pathlib
import subprocess
import tempfile
import unittest
import zipfile

import rows
from jobs import Job, bucket, properties, stream
from server import WEIR, Server

REGION = "cn-north-1"
PROGRAM = (rows.FOLDER / "ticker_averages.py").read_text()


def setUpModule():
    global server
    server = Server(region=REGION)
    unittest.addModuleCleanup(server.close)
    server.start()


class Programs(unittest.TestCase):
    """The walk-through's program, wrong in one thing at a time."""

    def refused(self, program, *reasons, props=None, code=2):
        """The program's job never runs; every reason (a text) is told."""
        with tempfile.TemporaryDirectory(prefix="weir-e2e-") as dir:
            file = pathlib.Path(dir) / "ticker_averages.py"
            file.write_text(program)
            if props is None:
                props = properties(self.stream(), "nobucket", REGION)
            with Job(server, file, props) as job:
                got = job.wait()
                self.assertEqual(got, code, job.output)
                for reason in reasons:
                    self.assertRegex(job.output, reason)
                self.assertNotIn("goroutine", job.output)

    def stream(self):
        if not hasattr(Programs, "there"):
            Programs.there = stream(server)
        return Programs.there

    def with_change(self, old, new):
        self.assertIn(old, PROGRAM)
        return PROGRAM.replace(old, new, 1)

    def test_does_not_import(self):
        self.refused("import nothing_of_this_name\n", r"Traceback", r"ticker_averages\.py\", line 1",
                     r"No module named 'nothing_of_this_name'")

    def test_is_no_python(self):
        self.refused("def main(:\n", r"ticker_averages\.py\", line 1", r"SyntaxError")

    def test_raises(self):
        self.refused(self.with_change("    source, sink =", "    raise ValueError('no luck today')\n    source, sink ="),
                     r"Traceback", r"in main", r"ValueError: no luck today")

    def test_exits(self):
        self.refused(self.with_change("    props = groups()", "    raise SystemExit('gave up')\n    props = groups()"), r"gave up")

    def test_unknown_option(self):
        self.refused(self.with_change("'scan.stream.initpos'", "'scan.stream.initpso'"),
                     r"scan\.stream\.initpso", r"scan\.stream\.initpos\b")

    def test_unknown_connector(self):
        self.refused(self.with_change("'connector' = 'kinesis'", "'connector' = 'kinesiss'"), r"kinesiss", r"'kinesis'|\bkinesis\b")

    def test_syntax_error_in_ddl(self):
        self.refused(self.with_change("WATERMARK FOR event_time AS", "WATERMARK OF event_time AS"),
                     r"\b6:13\b|line 6, column 13", r"FOR")

    def test_unknown_column(self):
        self.refused(self.with_change("ticker, price.avg as price", "ticker, prise.avg as price"), r"prise", r"price")

    def test_wrong_property_group(self):
        props = properties(self.stream(), "nobucket", REGION)
        props[0]["PropertyGroupId"] = "consumer.config.1"
        self.refused(PROGRAM, r"Traceback", r"KeyError: 'consumer\.config\.0'", props=props)

    def test_no_property_groups(self):
        self.refused(PROGRAM, r"Traceback", r"KeyError: 'consumer\.config\.0'", props=[])


class Streams(unittest.TestCase):
    def test_stream_that_is_not_there(self):
        with tempfile.TemporaryDirectory(prefix="weir-e2e-") as dir:
            file = pathlib.Path(dir) / "p.py"
            file.write_text(PROGRAM)
            with Job(server, file, properties("nowhere", bucket(server), REGION)) as job:
                self.assertNotEqual(job.wait(), 0)
                self.assertRegex(job.output, "nowhere")
                self.assertRegex(job.output, "ResourceNotFoundException|not found")


class Files(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory(prefix="weir-e2e-")
        self.addCleanup(tmp.cleanup)
        self.dir = pathlib.Path(tmp.name)

    def refused(self, *args):
        r = subprocess.run([WEIR, "run", *map(str, args)], capture_output=True, text=True, timeout=60)
        self.assertEqual(r.returncode, 2, r.stderr)
        return r.stderr

    def archive(self, **files):
        path = self.dir / "app.zip"
        with zipfile.ZipFile(path, "w") as z:
            for name, text in files.items():
                z.writestr(name.replace("__", "."), text)
        return path

    def properties(self, text):
        (self.dir / "p.json").write_text(text)
        return self.dir / "p.json"

    def test_entry_that_is_not_in_the_zip(self):
        props = self.properties('[{"PropertyGroupId": "kinesis.analytics.flink.run.options", "PropertyMap": {"python": "main.py"}}]')
        said = self.refused("--properties", props, self.archive(mian__py="print('hello')\n"))
        self.assertIn("main.py", said)
        self.assertIn("mian.py", said, "what is there is not told")

    def test_zip_that_is_none(self):
        (self.dir / "app.zip").write_text("no zip")
        self.assertIn("not a zip file", self.refused(self.dir / "app.zip"))

    def test_zip_that_climbs_out(self):
        path = self.dir / "app.zip"
        with zipfile.ZipFile(path, "w") as z:
            z.writestr("main.py", "print('hello')\n")
            z.writestr("../outside.py", "print('hello')\n")
        self.assertIn("../outside.py", self.refused(path))
        self.assertFalse((self.dir.parent / "outside.py").exists())

    def test_properties_that_are_no_json(self):
        (self.dir / "p.py").write_text("print('hello')\n")
        self.assertIn("propert", self.refused("--properties", self.properties("[{"), self.dir / "p.py"))

    def test_unknown_runtime(self):
        (self.dir / "p.py").write_text("print('hello')\n")
        self.assertIn("FLINK-9_9", self.refused("--runtime", "FLINK-9_9", self.dir / "p.py"))

    def test_neither_sql_nor_python(self):
        (self.dir / "p.txt").write_text("hello\n")
        self.assertIn("p.txt", self.refused(self.dir / "p.txt"))

    def test_sql_names_its_place(self):
        (self.dir / "j.sql").write_text("CREATE TABLE t (a INT, b STRING WITH ('connector' = 'datagen');\n")
        self.assertRegex(self.refused(self.dir / "j.sql"), r"1:33|line 1, column 33")

    def test_sql_unknown_function(self):
        (self.dir / "j.sql").write_text("CREATE TABLE t (a STRING) WITH ('connector' = 'datagen');\nSELECT AVVG(a) FROM t;\n")
        said = self.refused(self.dir / "j.sql")
        self.assertRegex(said, r"2:8|line 2, column 8")
        self.assertIn("AVG?", said)


if __name__ == "__main__":
    unittest.main()
