"""The walk-through by weir run, against a server: Kinesis in, partitioned CSV in S3."""
import json
import unittest

import rows
from jobs import Bucket, Job, bucket, properties, send, stream
from server import Server

REGION = "cn-north-1"
PROGRAM = rows.FOLDER / "ticker_averages.py"


def setUpModule():
    global server
    server = Server(region=REGION)
    unittest.addModuleCleanup(server.close)
    server.start()


class Recorded(unittest.TestCase):
    """Rows as Flink 1.11.4 wrote them; the last open window is not among them."""

    def arrive(self, job, out, run, markers=60):
        want = rows.sorted_rows(run)
        job.until(f"the rows of {run}", lambda: out.rows() == want or self.beyond(out.rows(), want))
        job.until("a marker in every partition", lambda: out.markers() == set(want), markers)
        self.assertEqual(out.rows(), want)

    def beyond(self, got, want):
        """Fails as soon as a row is there that never should be."""
        for folder, lines in got.items():
            extra = list(lines)
            for line in want.get(folder, []):
                if line in extra:
                    extra.remove(line)
            self.assertEqual(extra, [], f"rows in {folder} that Flink did not write")
        return False

    def test_runs(self):
        for run, shards in (("base", 1), ("base", 4), ("trim", 1), ("trim", 4), ("quirks", 1), ("quirks", 4)):
            with self.subTest(run=run, shards=shards):
                name, out = stream(server, shards), Bucket(server, bucket(server))
                send(server, name, rows.records(run))
                with Job(server, PROGRAM, properties(name, out.name, REGION)) as job:
                    self.arrive(job, out, run)
                    report = job.stop()
                self.assertEqual(out.rows(), rows.sorted_rows(run), "stopping fires no open window")
                self.assertEqual(out.uploads(), [], "a clean stop leaves no upload open")
                self.assertEqual(report["jobs"][0]["records_in"], len(rows.records(run)))

    def test_records_while_the_job_reads(self):
        """One record is late in base: dropped, and counted."""
        name, out = stream(server, 4), Bucket(server, bucket(server))
        with Job(server, PROGRAM, properties(name, out.name, REGION)) as job:
            send(server, name, rows.records("base"))
            self.arrive(job, out, "base")
            self.assertEqual(job.stop()["jobs"][0]["late_records"], 1)

    def test_goes_on_from_its_checkpoints(self):
        """Stopped after base, started again while second and third arrive: the
        windows that were open are kept, no row comes twice."""
        name, out = stream(server, 4), Bucket(server, bucket(server))
        props = properties(name, out.name, REGION)
        job = Job(server, PROGRAM, props)
        job.command[2:2] = ["--checkpoints", str(job.dir / "checkpoints")]
        with job:
            send(server, name, rows.feed("base"))
            job.until("first rows", out.rows)
            job.stop()
            send(server, name, rows.feed("second") + rows.feed("third"))
            job.start()
            self.arrive(job, out, "base")
            job.stop()

    def test_the_users_own_program(self):
        """Not one byte changed; its markers come after the minute it asks for."""
        program = rows.originals() / "kda-pyflink-demo.py"
        name, out = stream(server), Bucket(server, bucket(server))
        send(server, name, rows.records("base"))
        with Job(server, program, properties(name, out.name, REGION)) as job:
            self.arrive(job, out, "base", markers=150)
            job.stop()


FOR_EVER = ["--set", "restart-strategy=fixed-delay", "--set", "restart-strategy.fixed-delay.attempts=2147483647",
            "--set", "restart-strategy.fixed-delay.delay=200 ms"]


class BadRecords(unittest.TestCase):
    """A record that cannot be read fails the job again and again; the log says which."""

    # feed -> what the log must show of the bad record besides its place
    BAD = {
        "malformed": ["10:00:03"],
        "badtime": ['"event_time"', "2021-06-01 10:00:03.5"],
        "ztime": ['"event_time"', "2021-06-01T10:00:03.5Z"],
        "badprice": ['"price"', '"abc"'],
        "emptydoc": [],
        "arraydoc": ["2021-06-01T10:00:02"],
    }

    def test_restarts_and_names_the_record(self):
        for name, wanted in self.BAD.items():
            with self.subTest(feed=name):
                source, out = stream(server), Bucket(server, bucket(server))
                records = rows.feed(name)
                sent = send(server, source, records)
                bad = sent[2 if name == "malformed" else 1]["SequenceNumber"]
                with Job(server, PROGRAM, properties(source, out.name, REGION), FOR_EVER) as job:
                    job.says("RUNNING to RESTARTING", times=2)
                    for text in ["shardId-000000000000", bad, *wanted]:
                        self.assertIn(text, job.output)
                    self.assertEqual(out.keys(), [])

    def test_no_event_time(self):
        source, out = stream(server), Bucket(server, bucket(server))
        sent = send(server, source, rows.feed("nulltime"))
        with Job(server, PROGRAM, properties(source, out.name, REGION), FOR_EVER) as job:
            job.says("RowTime field should not be null, please convert it to a non-null long value.", times=2)
            job.says("RUNNING to RESTARTING", times=2)
            self.assertTrue(any(f"shardId-000000000000, sequence number {s['SequenceNumber']}" in job.output for s in sent), job.output)
            self.assertEqual(out.keys(), [])

    def test_without_restarts_the_job_fails(self):
        source, out = stream(server), Bucket(server, bucket(server))
        send(server, source, rows.feed("badprice"))
        with Job(server, PROGRAM, properties(source, out.name, REGION), ["--set", "restart-strategy=none"]) as job:
            self.assertEqual(job.wait(), 1, job.output)

    def test_skipped_when_asked(self):
        """json.ignore-parse-errors drops the record, or makes its bad field null,
        and goes on with the next."""
        program = PROGRAM.read_text().replace(
            "'format' = 'json',", "'format' = 'json', 'json.ignore-parse-errors' = 'true',")
        good = ['{"event_time": "2021-06-01T10:00:01", "ticker": "OK", "price": 2.5}',
                '{"event_time": "2021-06-01T11:00:00", "ticker": "OK", "price": 1}']
        want = {"ticker=OK": ['2.5,"2021-06-01 10:01:00"\n']}
        for name, bad, more in (("malformed", 2, {}), ("emptydoc", 1, {}), ("arraydoc", 1, {}),
                                ("badprice", 1, {"ticker=AAPL": [',"2021-06-01 10:01:00"\n']})):
            with self.subTest(feed=name):
                source, out = stream(server), Bucket(server, bucket(server))
                send(server, source, [good[0], rows.feed(name)[bad], good[1]])
                job = Job(server, PROGRAM, properties(source, out.name, REGION))
                (job.dir / "program.py").write_text(program)
                job.command[-1] = str(job.dir / "program.py")
                with job:
                    job.until("the windows of the first minute", lambda: out.rows() == want | more)
                    self.assertNotIn("FAILED", job.output)
                    job.stop()


COPY = """
CREATE TABLE source (ticker STRING, n INT) WITH ('connector' = 'kinesis', 'stream.arn' = '{source}', 'aws.region' = '{region}',
  'source.init.position' = 'TRIM_HORIZON', 'format' = 'json');
CREATE TABLE sink (ticker STRING, n INT) PARTITIONED BY (ticker) WITH ('connector' = 'kinesis', 'stream' = '{sink}', 'aws.region' = '{region}',
  'sink.batch.max-size' = '10', 'format' = 'json');
INSERT INTO sink SELECT ticker, n FROM source;
"""


class StreamToStream(unittest.TestCase):
    def read(self, name):
        k, got = server.client("kinesis"), []
        for shard in k.list_shards(StreamName=name)["Shards"]:
            it = k.get_shard_iterator(StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            while records := (page := k.get_records(ShardIterator=it))["Records"]:
                got += [(r["PartitionKey"], json.loads(r["Data"])) for r in records]
                it = page["NextShardIterator"]
        return got

    def test_at_least_once(self):
        """Every record arrives under its ticker's partition key, also those that
        came around a kill -9, and the job's order within a key is kept."""
        source, sink, k = stream(server, 3), stream(server, 2), server.client("kinesis")
        arn = k.describe_stream_summary(StreamName=source)["StreamDescriptionSummary"]["StreamARN"]

        def put(start, end):
            for n in range(start, end):
                k.put_record(StreamName=source, Data=json.dumps({"ticker": f"T{n % 5}", "n": n}), PartitionKey=f"T{n % 5}")
        job = Job(server, "job.sql")
        (job.dir / "job.sql").write_text(COPY.format(source=arn, sink=sink, region=REGION))
        job.command[-1] = str(job.dir / "job.sql")
        job.command[2:2] = ["--checkpoints", str(job.dir / "checkpoints")]
        with job:
            put(0, 200)
            job.until("the first records", lambda: len(self.read(sink)) >= 200)
            put(200, 300)
            job.kill()
            put(300, 400)
            job.start()
            job.until("all records", lambda: {r["n"] for _, r in self.read(sink)} == set(range(400)))
            job.stop()
        for key, r in self.read(sink):
            self.assertEqual((key, r["ticker"]), (f"T{r['n'] % 5}",) * 2)
        firsts = list(dict.fromkeys(r["n"] for _, r in self.read(sink) if r["ticker"] == "T3"))
        self.assertEqual(firsts, sorted(firsts))


if __name__ == "__main__":
    unittest.main()
