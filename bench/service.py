"""Measures the server: how soon it is ready, its memory at rest, how many
records a second it takes durably, how soon they are in a job's window, and what
reading them costs.

    .venv/bin/python bench/service.py --weir .build/weir [--seconds 5] [--records 1000000]

Client and server share the machine, so the rates are those of both together.
"""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from latency import at_rest, put_to_window

HERE = pathlib.Path(__file__).resolve().parent

READ = """
CREATE TABLE ticks (ticker STRING, price DOUBLE, event_time TIMESTAMP(3)) WITH (
  'connector' = 'kinesis', 'stream' = 'read', 'aws.region' = 'us-east-1', 'scan.stream.initpos' = 'TRIM_HORIZON',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE TABLE nothing (ticker STRING, price DOUBLE, event_time TIMESTAMP(3)) WITH ('connector' = 'blackhole');
INSERT INTO nothing SELECT * FROM ticks;
"""


def memory(pid):
    """Resident MB of a process, and how many of them are its own: the others are
    pages of the binary, which the kernel maps in larger pieces the fresher it is."""
    kb = dict(line.split()[:2] for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(("VmRSS", "RssAnon")))
    return int(kb["VmRSS:"]) / 1024, int(kb["RssAnon:"]) / 1024


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weir", default=".build/weir")
    p.add_argument("--seconds", type=int, default=5)
    p.add_argument("--records", type=int, default=1_000_000)
    a = p.parse_args()
    os.environ["WEIR_BINARY"] = str(pathlib.Path(a.weir).resolve())
    sys.path.insert(0, str(HERE.parent / "test" / "e2e"))
    from server import Server  # the tests' way to start a server
    with Server() as s, tempfile.TemporaryDirectory(prefix="weir-bench-") as tmp:
        print(f"ready after            {s.seconds * 1000:9.0f} ms")
        time.sleep(2)
        resident, own = memory(s.process.pid)
        print(f"memory at rest         {resident:9.0f} MB, {own:.0f} MB of it not pages of the binary")
        load = pathlib.Path(tmp) / "load"
        subprocess.run(["go", "build", "-o", load, "./bench/load"], cwd=HERE.parent, check=True)

        def put(stream, *args):
            r = subprocess.run([load, "-stream", stream, *args], env=s.environment(), capture_output=True, text=True)
            if r.returncode != 0:
                raise SystemExit(r.stderr)
            return float(r.stdout)
        k = s.client("kinesis")
        for stream in ("many", "single", "read"):
            k.create_stream(StreamName=stream, ShardCount=4)
            k.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
        time_limit = f"{a.seconds}s"
        print(f"PutRecords 500 x 200 B {put('many', '-for', time_limit):9.0f} records/s")
        print(f"PutRecord, 64 clients  {put('single', '-batch', '1', '-connections', '64', '-for', time_limit):9.0f} records/s")
        latencies = put_to_window(a.weir, s, tmp)
        print(f"put to window          {latencies[len(latencies) // 2] * 1000:9.0f} ms median, {latencies[-1] * 1000:.0f} ms at most of {len(latencies)}")
        job, server = at_rest(a.weir, s, tmp)
        print(f"a job at rest          {job:9.1%} of a core, its server {server:.1%}")
        put("read", "-records", str(a.records), "-for", "10m")
        script, report = pathlib.Path(tmp) / "read.sql", pathlib.Path(tmp) / "report.json"
        script.write_text(READ)
        job = subprocess.Popen([a.weir, "run", "--report", report, script], env=s.environment())
        time.sleep(max(3, a.records / 200_000))
        job.send_signal(signal.SIGINT)
        if job.wait(60) not in (0, 1):
            raise SystemExit("weir run did not stop cleanly")
        r = json.loads(report.read_text())
        read = r["jobs"][0]["records_in"]
        if read != a.records:
            raise SystemExit(f"read {read} of {a.records} records; give it more time (--records)")
        print(f"Kinesis to blackhole   {read / r['cpu_seconds']:9.0f} records/CPU-s of the job, peak {r['peak_memory_bytes'] / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
