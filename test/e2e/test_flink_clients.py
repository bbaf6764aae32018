"""Flink's own SQL client and JDBC driver against weir sql-gateway."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from server import WEIR

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test/flinkclients"))
import clients  # noqa: E402

HOME = pathlib.Path(os.environ.get("WEIR_FLINK_HOME", ROOT / ".build/flink"))


@unittest.skipUnless(shutil.which("java") and (HOME.exists() or os.environ.get("E2E_LONG")),
                     f"no Java, or no Flink in {HOME}: `make flink-record` or E2E_LONG=1 puts one there")
class FlinkClients(unittest.TestCase):
    """What they print is what they print against a real Flink."""

    def setUp(self):
        self.gateway = subprocess.Popen([WEIR, "sql-gateway", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        self.port = int(self.gateway.stdout.readline().rsplit(":", 1)[1])
        HOME.mkdir(parents=True, exist_ok=True)

    def end(self):
        self.gateway.terminate()
        self.gateway.wait(30)
        self.gateway.stdout.close()

    def test_sql_client(self):
        self.assertEqual(clients.differences(HOME, self.port, "script.txt"), [])

    def test_jdbc_driver(self):
        self.assertEqual(clients.differences(HOME, self.port, "driver.txt"), [])
