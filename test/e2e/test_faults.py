"""Bad days: kill -9 at random moments under load, a full disk. The moments come
from a seed that is printed; E2E_SEED chooses another, E2E_LONG=1 does more of it."""
import collections
import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import threading
import unittest

import botocore.exceptions

from jobs import Bucket, Job, bucket, properties, stream
from server import Server, children, until

REGION = "us-east-1"
LONG = os.environ.get("E2E_LONG") == "1"
SEED = int(os.environ.get("E2E_SEED", "20210601"))
PROGRAM = pathlib.Path(__file__).resolve().parent / "fault_job.py"


def setUpModule():
    print(f"faults: E2E_SEED={SEED}", flush=True)


def command(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


class Feeder:
    """Puts numbered records until it is told to stop. A put that was answered is
    in sent; one that was not answered is tried again under another number, so a
    number in the stream is there once or not at all."""

    def __init__(self, server, name, prefix=0, batch=20):
        self.kinesis, self.name, self.batch = server.client("kinesis"), name, batch
        self.sent, self.number, self.stopped = [], prefix, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def record(self, n):
        return json.dumps({"n": n, "seen": "2021-06-01T%02d:%02d:%02d" % (n // 36000 % 24, n // 600 % 60, n // 10 % 60)})

    def run(self):
        while not self.stopped.is_set():
            numbers = range(self.number, self.number + self.batch)
            self.number += self.batch
            records = [{"Data": self.record(n).encode(), "PartitionKey": str(n)} for n in numbers]
            try:
                got = self.kinesis.put_records(StreamName=self.name, Records=records)["Records"]
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                self.stopped.wait(0.02)
                continue
            self.sent += [(n, r["ShardId"], r["SequenceNumber"]) for n, r in zip(numbers, got) if "SequenceNumber" in r]

    def stop(self):
        self.stopped.set()
        self.thread.join(60)
        assert not self.thread.is_alive(), "the feeder hangs"
        return self.sent


def read(server, name):
    """Every record of a stream: shard -> [(sequence number, data)] in order."""
    k, out = server.client("kinesis"), {}
    for shard in k.list_shards(StreamName=name)["Shards"]:
        at = k.get_shard_iterator(StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        found = out[shard["ShardId"]] = []
        while True:
            got = k.get_records(ShardIterator=at, Limit=10000)
            found += [(int(r["SequenceNumber"]), r["Data"]) for r in got["Records"]]
            if not got["Records"] and got["MillisBehindLatest"] == 0:
                break
            at = got["NextShardIterator"]
    return out


class Kinesis(unittest.TestCase):
    def holds(self, server, name, sent):
        """Every acknowledged record is there once, in order, at its number."""
        there = read(server, name)
        for shard, records in there.items():
            numbers = [s for s, _ in records]
            self.assertEqual(numbers, sorted(set(numbers)), f"{shard} is not in order")
        by_number = {(shard, s): json.loads(d)["n"] for shard, records in there.items() for s, d in records}
        times = collections.Counter(by_number.values())
        self.assertEqual([n for n, c in times.items() if c > 1], [], "records twice")
        for n, shard, s in sent:
            self.assertEqual(by_number.get((shard, int(s))), n, f"record {n} was acknowledged at {shard} {s}")
        return len(by_number)

    def test_killed_servers_keep_what_they_acknowledged(self):
        dice, sent = random.Random(SEED), []
        with Server() as s:
            name = stream(s, 3)
            for round in range(20 if LONG else 6):
                feeders = [Feeder(s, name, prefix=round * 10**7 + i * 10**6) for i in range(3)]
                wanted = dice.randrange(1, 2000)
                until("records are put", lambda: sum(len(f.sent) for f in feeders) >= wanted)
                s.kill()
                for f in feeders:
                    sent += f.stop()
                s.ready = None
                s.start()
                self.holds(s, name, sent)
            self.assertGreater(len(sent), 1000)

    def test_full_disk(self):
        """Puts fail clearly, nothing acknowledged is lost, and space brings service back."""
        with small_disk(96) as disk, Server(data=disk) as s:
            k, name = s.client("kinesis"), stream(s)
            sent, filler = [], disk / "filler"

            def put(n):
                got = k.put_record(StreamName=name, Data=json.dumps({"n": n}).encode() + b" " * 20000, PartitionKey="k")
                sent.append((n, got["ShardId"], got["SequenceNumber"]))
            for n in range(50):
                put(n)
            fill(disk, filler)
            refused = []
            for n in range(50, 1500):
                try:
                    put(n)
                except botocore.exceptions.ClientError as e:
                    refused.append(e.response["Error"])
                    break
            self.assertTrue(refused, "a full disk took every record")
            self.assertRegex(refused[0]["Message"], r"(?i)space|disk")
            self.assertNotEqual(s.health()[1]["status"], "ok")
            self.holds(s, name, sent)
            filler.unlink()
            until("the server takes records again", lambda: s.health()[1]["status"] == "ok")
            for n in range(2000, 2050):
                put(n)
            self.holds(s, name, sent)
            self.assertEqual(s.stop(), 0)
            s.ready = None
            s.start()
            self.holds(s, name, sent)


@contextlib.contextmanager
def small_disk(mib):
    """A small file system of its own; the test is skipped who may not mount one."""
    with tempfile.TemporaryDirectory(prefix="weir-e2e-disk-") as dir:
        r = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", dir], capture_output=True, text=True)
        if r.returncode != 0:
            raise unittest.SkipTest("no right to mount a small disk: " + r.stderr.strip())
        try:
            yield pathlib.Path(dir)
        finally:
            subprocess.run(["umount", "-l", dir], check=True)


def fill(disk, filler):
    """Leaves no room on the disk."""
    with open(filler, "wb", buffering=0) as f, contextlib.suppress(OSError):
        while True:
            f.write(b"\0" * 65536)


class Counting(unittest.TestCase):
    """Each record put counts once in what reaches S3, whatever dies meanwhile."""

    def setUp(self):
        self.server = Server(region=REGION)
        self.addCleanup(self.server.close)
        self.server.start()
        self.stream, self.out = stream(self.server, 3), Bucket(self.server, bucket(self.server))

    def job(self, checkpoints=None, **kw):
        args = ["--set", "restart-strategy=fixed-delay", "--set", "restart-strategy.fixed-delay.attempts=2147483647",
                "--set", "restart-strategy.fixed-delay.delay=100 ms"]
        job = Job(self.server, PROGRAM, properties(self.stream, self.out.name, REGION), args, interval="200 ms", **kw)
        job.command[2:2] = ["--checkpoints", str(checkpoints or job.dir / "checkpoints")]
        return job

    def counted(self):
        """till -> (records, total); a window twice is a failure."""
        out = {}
        for key, text in self.out.files():
            for line in text.splitlines():
                till, records, total = line.split(",")
                self.assertNotIn(till, out, f"a window twice ({key})")
                out[till] = int(records), int(total)
        return out

    def counts_once(self, job, sent):
        """Closes every window by a record far ahead, and waits
        for the sums; what a window holds is worked out from what was put."""
        k = self.server.client("kinesis")
        closing = json.dumps({"n": 0, "seen": "2021-06-02T12:00:00"}).encode()
        k.put_record(StreamName=self.stream, Data=closing, PartitionKey="x")
        want = collections.defaultdict(lambda: [0, 0])
        for shard, records in read(self.server, self.stream).items():
            for _, data in records:
                if data != closing:
                    r = json.loads(data)
                    w = want[r["n"] // 100]
                    w[0] += 1
                    w[1] += r["n"] + 1
        want = sorted(tuple(v) for v in want.values())
        self.assertEqual(sum(c for c, _ in want), len(sent), "the stream holds what was put")

        def same():
            got = sorted(self.counted().values())
            over = sum(c for c, _ in got) > len(sent)
            self.assertFalse(over, f"{sum(c for c, _ in got)} counted of {len(sent)}")
            return got == want
        job.until("every record counted once", same, 90)

    def paced(self):
        """Event time passes in order; nothing is late."""
        return Feeder(self.server, self.stream, batch=100)

    def test_killed_jobs(self):
        dice = random.Random(SEED)
        job = self.job()
        with job:
            feeder = self.paced()
            for _ in range(20 if LONG else 8):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    code = job.process.wait(dice.uniform(0.05, 2.5))
                    self.fail(f"the job ended with {code}:\n{job.output}")
                job.kill()
                self.counted()
                job.start()
            job.until("records reach S3 between the kills", self.counted)
            self.counts_once(job, feeder.stop())
            job.stop()

    def workers(self, job):
        """Python functions' workers: what nothing is below, now or earlier, of what
        the program forked. What forks them is not killed: the job ends with it."""
        forked = {p for p in children(job.process.pid) if "_weir" in command(p)}
        self.forking = getattr(self, "forking", set()) | {p for p in forked if children(p)}
        return forked - self.forking

    def test_killed_workers(self):
        """A worker that dies in a call fails the job, which starts again; one that
        dies between calls is replaced. Either way every record counts once."""
        with self.job() as job:
            feeder = self.paced()
            for _ in range(20 if LONG else 6):
                job.until("records are counted", self.counted)
                killed = job.until("a worker runs", lambda: self.workers(job))
                for pid in killed:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                job.until("another worker runs", lambda: self.workers(job) - killed)
            self.counts_once(job, feeder.stop())
            job.stop()

    def test_killed_server(self):
        """The server dies under the job and comes back on its port: the job waits
        or starts again, and every record still counts once."""
        port = self.server.endpoint.rpartition(":")[2]
        dice = random.Random(SEED)
        with self.job() as job:
            feeder = self.paced()
            for _ in range(5 if LONG else 2):
                job.until("records are counted", self.counted)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    job.process.wait(dice.uniform(0.05, 1))
                self.server.kill()
                self.server.ready = None
                self.server.args = ["--listen", f"127.0.0.1:{port}"]
                self.server.start()
            sent = feeder.stop()
            n = sum(map(len, read(self.server, self.stream).values()))
            self.assertGreaterEqual(n, len(sent))
            self.counts_once(job, range(n))
            job.stop()

    def test_full_disk_for_checkpoints(self):
        with small_disk(48) as disk, self.job(disk / "checkpoints") as job:
            feeder = self.paced()
            job.until("records are counted", self.counted)
            fill(disk, disk / "filler")
            job.until("the job tells", lambda: "no space left on device" in job.output)
            (disk / "filler").unlink()
            self.counts_once(job, feeder.stop())
            job.stop()


if __name__ == "__main__":
    unittest.main()
