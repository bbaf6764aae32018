"""Large numbers, and the figures the project promises, with generous bounds: the
machine that runs this is shared. The figures seen are printed."""
import concurrent.futures
import os
import pathlib
import subprocess
import tempfile
import unittest

import botocore.exceptions

from jobs import Job, stream, unique
from server import WEIR, Server, until

LONG = os.environ.get("E2E_LONG") == "1"


def figure(what, value):
    print(f"figure: {what}: {value}", flush=True)


def resident(pid):
    """Resident memory in MB."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


class Start(unittest.TestCase):
    def test_empty_directory(self):
        seconds = []
        for _ in range(3):
            with Server() as s:
                seconds.append(s.seconds)
                memory = resident(s.process.pid)
        figure("ready on an empty directory, seconds (promised 0.3)", f"{min(seconds):.3f}")
        figure("idle memory, MB (promised 80)", f"{memory:.0f}")
        self.assertLess(min(seconds), 1.5)
        self.assertLess(memory, 160)

    def test_two_servers_on_one_directory(self):
        with Server() as s:
            r = subprocess.run([WEIR, "serve", "--data", s.data / "data", "--listen", "127.0.0.1:0", "--tls-listen", ""],
                               capture_output=True, text=True, timeout=30)
            self.assertNotEqual(r.returncode, 0)
            self.assertIn("in use by another weir", r.stderr)
            self.assertIn(str(s.data / "data"), r.stderr)
            self.assertEqual(s.health()[0], 200, "the first server goes on")

    def test_port_in_use(self):
        with Server() as s, tempfile.TemporaryDirectory(prefix="weir-e2e-") as dir:
            port = s.endpoint.rpartition(":")[2]
            r = subprocess.run([WEIR, "serve", "--data", dir, "--listen", f"127.0.0.1:{port}", "--tls-listen", ""],
                               capture_output=True, text=True, timeout=30)
            self.assertNotEqual(r.returncode, 0)
            self.assertIn(port, r.stderr)


class Kinesis(unittest.TestCase):
    def test_many_streams(self):
        n = 10_000 if LONG else 2_000
        with Server() as s:
            k = s.client("kinesis")
            for i in range(n):
                k.create_stream(StreamName=f"s{i:05d}", ShardCount=1)
            names = [x for page in k.get_paginator("list_streams").paginate(Limit=1000) for x in page["StreamNames"]]
            self.assertEqual(names, [f"s{i:05d}" for i in range(n)])
            last = names[-1]
            until("the last is active", lambda: k.describe_stream_summary(StreamName=last)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE")
            k.put_record(StreamName=last, Data=b"x", PartitionKey="k")
            figure(f"memory with {n} streams, MB", f"{resident(s.process.pid):.0f}")
            s.kill()
            s.ready = None
            s.start()
            figure(f"ready with {n} streams, seconds", f"{s.seconds:.3f}")
            k = s.client("kinesis")
            shard = k.list_shards(StreamName=last)["Shards"][0]["ShardId"]
            at = k.get_shard_iterator(StreamName=last, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            self.assertEqual([r["Data"] for r in k.get_records(ShardIterator=at)["Records"]], [b"x"])

    def test_sizes(self):
        with Server() as s:
            k, name = s.client("kinesis"), stream(s)
            with self.subTest("a record of 1 MiB"):
                big = os.urandom(1 << 20)
                k.put_record(StreamName=name, Data=big[:-1], PartitionKey="k")
                shard = k.list_shards(StreamName=name)["Shards"][0]["ShardId"]
                at = k.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
                got = k.get_records(ShardIterator=at)["Records"]
                self.assertTrue(len(got) == 1 and got[0]["Data"] == big[:-1], "the record came back another")
            with self.subTest("one bad record of 500"):
                records = [{"Data": b"x", "PartitionKey": "k"} for _ in range(500)]
                records[250] = {"Data": b"x", "PartitionKey": "k", "ExplicitHashKey": "not a number"}
                with self.assertRaises(botocore.exceptions.ClientError) as e:
                    k.put_records(StreamName=name, Records=records)
                self.assertIn(e.exception.response["Error"]["Code"], ("ValidationException", "InvalidArgumentException"))
                records[250].pop("ExplicitHashKey")
                self.assertEqual(k.put_records(StreamName=name, Records=records)["FailedRecordCount"], 0)
            with self.subTest("501 records"):
                with self.assertRaises(botocore.exceptions.ClientError) as e:
                    k.put_records(StreamName=name, Records=records + records[:1])
                self.assertIn("less than or equal to 500", str(e.exception))

    def test_throughput_to_blackhole(self):
        """Records per CPU-second of the job, by its report."""
        n = 2_000_000 if LONG else 300_000
        with Server() as s, tempfile.TemporaryDirectory(prefix="weir-e2e-") as dir:
            k, name = s.client("kinesis"), stream(s, 2)
            for first in range(0, n, 500):
                k.put_records(StreamName=name, Records=[
                    {"Data": b'{"n": %d, "ticker": "AAPL", "price": 17.25}' % i, "PartitionKey": str(i)} for i in range(first, first + 500)])
            sql = pathlib.Path(dir) / "job.sql"
            sql.write_text(f"""
CREATE TABLE numbers (n BIGINT, ticker STRING, price DOUBLE) WITH ('connector' = 'kinesis', 'stream' = '{name}',
  'aws.region' = 'us-east-1', 'scan.stream.initpos' = 'TRIM_HORIZON', 'format' = 'json');
CREATE TABLE nothing (n BIGINT, ticker STRING, price DOUBLE) WITH ('connector' = 'blackhole');
INSERT INTO nothing SELECT n, ticker, price FROM numbers;
""")
            with Job(s, sql) as job:
                job.says("to RUNNING")
                shards = k.list_shards(StreamName=name)["Shards"]
                self.assertEqual(len(shards), 2)
                report = self.read_all(job, n)
                rate = report["jobs"][0]["records_in"] / report["cpu_seconds"]
                figure("Kinesis to blackhole, records per CPU-second (promised 500,000)", f"{rate:,.0f}")
                figure("its peak memory, MB", f"{report['peak_memory_bytes'] / 2**20:.0f}")
                self.assertGreater(rate, 100_000)

    def read_all(self, job, n):
        """Stops the job when it has read as many bytes as the records have at the
        least, and then no more; its report must have them all."""
        least = n * (40 + 56)  # data and sequence number
        stat = pathlib.Path(f"/proc/{job.process.pid}/io")
        seen = []

        def still():
            seen.append(int(stat.read_text().split()[1]))
            return len(seen) > 30 and seen[-1] > least and seen[-1] - seen[-30] < 200_000
        job.until("the job has read what there is", still, 120)
        report = job.stop()
        self.assertEqual(report["jobs"][0]["records_in"], n)
        return report


class Objects(unittest.TestCase):
    def test_many_objects_under_one_prefix(self):
        n = 100_000 if LONG else 3_000
        with Server() as s:
            s3, bucket = s.client("s3"), unique("many")
            s3.create_bucket(Bucket=bucket)
            want = [f"p/{i:06d}" for i in range(n)]
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda key: s3.put_object(Bucket=bucket, Key=key, Body=b""), want))
            got = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="p/") for o in page["Contents"]]
            self.assertEqual(got, want)
            got = [o["Key"] for page in s3.get_paginator("list_objects").paginate(Bucket=bucket) for o in page["Contents"]]
            self.assertEqual(got, want)
            folders = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="p/", Delimiter="9", PaginationConfig={"PageSize": 7})
            got = [p["Prefix"] for page in folders for p in page.get("CommonPrefixes", [])]
            self.assertEqual(got, sorted({key[:key.index("9") + 1] for key in want if "9" in key}))
            last = s3.list_objects_v2(Bucket=bucket, StartAfter=want[-10])
            self.assertEqual([o["Key"] for o in last["Contents"]], want[-9:])


if __name__ == "__main__":
    unittest.main()
