"""What README and the pages of doc/ tell to type: every block is run, in order.

A block of SQL is kept under the name that the text before it gives. In a shell
block `make` only looks whether there is such a target (they have tests of their
own, this one among them), the server's addresses and folder are the test's, and a block with `weir serve` goes
on while the blocks behind it run.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from server import READY, WEIR

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = [ROOT / n for n in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")] + sorted((ROOT / "doc").rglob("*.md")) + sorted((ROOT / "test").rglob("*.md"))
BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.M | re.S)
PRELUDE = f"""set -euo pipefail
make() {{ grep -q "^$1:" '{ROOT}/Makefile'; }}
"""
# What a reader has who follows the README: a program and its property groups.
PROGRAM = """
import json
from pyflink.table import EnvironmentSettings, TableEnvironment
groups = {g["PropertyGroupId"]: g["PropertyMap"] for g in json.load(open("/etc/flink/application_properties.json"))}
env = TableEnvironment.create(EnvironmentSettings.new_instance().in_streaming_mode().build())
env.execute_sql("CREATE TABLE t (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '%s')" % groups["consumer.config.0"]["rows"])
env.execute_sql("CREATE TABLE p (n BIGINT) WITH ('connector' = 'blackhole')")
env.execute_sql("INSERT INTO p SELECT n FROM t").wait()
"""
PROPERTIES = '[{"PropertyGroupId": "consumer.config.0", "PropertyMap": {"rows": "3"}}]'


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Page:
    """A page's blocks, run in a folder of their own."""

    def __init__(self, test, path):
        self.test, self.path, self.servers, self.said = test, path, [], ""
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="weir-e2e-docs-"))
        self.port = free_port()
        (self.dir / ".build").mkdir()
        (self.dir / ".build" / "weir").symlink_to(WEIR)
        (self.dir / "program.py").write_text(PROGRAM)
        (self.dir / "props.json").write_text(PROPERTIES)
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "WEIR_ROOT"))}
        self.env.update(HOME=str(self.dir), AWS_PAGER="", AWS_EC2_METADATA_DISABLED="true")

    def run(self):
        text = self.path.read_text()
        for block in BLOCK.finditer(text):
            kind, body = block.group(1), block.group(2)
            before = text[:block.start()].rstrip().rpartition("\n")[2]
            where = f"{self.path.name}:{text[:block.start()].count(chr(10)) + 1}"
            if kind == "sql":
                name = re.findall(r"`([\w.]+\.sql)`", before)
                self.test.assertEqual(len(name), 1, f"{where}: the line before a block of SQL names its file: {before!r}")
                (self.dir / name[0]).write_text(body)
            elif kind in ("", "sh", "shell"):
                self.shell(where, body)
            else:
                self.test.fail(f"{where}: nothing here runs blocks of {kind!r}")

    def shell(self, where, body):
        body = body.replace("127.0.0.1:4566", f"127.0.0.1:{self.port}").replace("/tmp/weir", str(self.dir / "data"))
        if " serve " in body:
            body = body.replace("weir serve", "exec .build/weir serve --tls-listen 127.0.0.1:0").replace(".build/exec ", "exec ")
            p = subprocess.Popen(["bash", "-c", PRELUDE + body], cwd=self.dir, env=self.env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.servers.append(p)
            line = p.stdout.readline()
            self.test.assertRegex(line, READY, where)
            return
        r = subprocess.run(["bash", "-c", PRELUDE + body], cwd=self.dir, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.test.assertEqual(r.returncode, 0, f"{where}:\n{body}\n{r.stdout}{r.stderr}")
        self.said = r.stdout

    def close(self):
        for p in self.servers:
            p.send_signal(signal.SIGTERM)
            p.wait(60)
            p.stdout.close()
        shutil.rmtree(self.dir, ignore_errors=True)


class Docs(unittest.TestCase):
    def test_every_block_runs(self):
        for path in PAGES:
            with self.subTest(page=str(path.relative_to(ROOT))):
                page = Page(self, path)
                self.addCleanup(page.close)
                page.run()
                if path == ROOT / "README.md":
                    self.assertIn('"ticks"', page.said, "the stream that the README creates is listed")

    def test_a_wrong_block_fails(self):
        """The test itself: a target that is not there, a flag that is not there."""
        for body in ("make nothing-of-this-name", ".build/weir run --nothing"):
            with tempfile.NamedTemporaryFile("w", suffix=".md") as f:
                f.write(f"```\n{body}\n```\n")
                f.flush()
                page = Page(self, pathlib.Path(f.name))
                self.addCleanup(page.close)
                with self.assertRaises(AssertionError):
                    page.run()


if __name__ == "__main__":
    unittest.main()
