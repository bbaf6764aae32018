"""A job as `weir run` runs it: a process, what it says, how it ends."""
import json
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid

import rows
from server import WEIR, children, running, until

RUN_OPTIONS = "kinesis.analytics.flink.run.options"


def unique(stem):
    return f"{stem}-{uuid.uuid4().hex[:12]}"


def group(name, **properties):
    return {"PropertyGroupId": name, "PropertyMap": {k.replace("__", "."): v for k, v in properties.items()}}


def properties(stream, bucket, region, position="TRIM_HORIZON", **sink):
    """The walk-through's property groups; __ in a name stands for a dot."""
    return [
        group("consumer.config.0", input__stream__name=stream, aws__region=region, flink__stream__initpos=position),
        group("sink.config.0", output__bucket__name=bucket, **({"commit__delay": "0 s"} | sink)),
    ]


class Job:
    """weir run; a context manager. It is killed at the end, with what is below it."""

    def __init__(self, server, file, props=None, args=(), interval="500 ms", env=None):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="weir-e2e-job-"))
        self.environment = server.environment() | (env or {})
        self.command = [str(WEIR), "run", "--runtime", "FLINK-1_11", "--verbose", "--report", str(self.dir / "report.json"),
                        "--set", f"execution.checkpointing.interval={interval}", *args]
        if props is not None:
            (self.dir / "properties.json").write_text(json.dumps(props))
            self.command += ["--properties", str(self.dir / "properties.json")]
        self.command.append(str(file))
        self.process, self.lines = None, []

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *exc):
        try:
            if self.process is not None and self.process.poll() is None:
                self.kill()
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace")
        self.reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self.reader.start()
        return self

    def _read(self, process):
        for line in process.stdout:
            self.lines.append(line)

    @property
    def output(self):
        return "".join(self.lines)

    def ended(self, what=""):
        """Fails when the job has ended although it should go on."""
        code = self.process.poll()
        if code is not None:
            self.reader.join(10)
            raise AssertionError(f"{what}: weir run ended with {code}:\n{self.output}")

    def until(self, what, check, seconds=60):
        """Polls check while the job lives; tells what the job said when it fails."""
        def look():
            self.ended(what)
            return check()
        try:
            return until(what, look, seconds)
        except AssertionError as e:
            raise AssertionError(f"{e}\nthe job said:\n{self.output[-4000:]}") from None

    def says(self, text, times=1, seconds=60):
        self.until(f"the log has {text!r}", lambda: self.output.count(text) >= times, seconds)

    def wait(self, seconds=120):
        code = self.process.wait(seconds)
        self.reader.join(10)
        return code

    def kill(self):
        """kill -9, by its pid; what is below must go by itself."""
        below = children(self.process.pid)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        self.reader.join(30)
        until("the job's children end with it", lambda: not any(map(running, below)), 30)

    def stop(self, code=0):
        """Ctrl-C: a last checkpoint and a clean end."""
        below = children(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        got = self.wait(60)
        until("the job's children end with it", lambda: not any(map(running, below)), 30)
        if got != code:
            raise AssertionError(f"after Ctrl-C weir run ended with {got}, not {code}:\n{self.output[-4000:]}")
        return json.loads((self.dir / "report.json").read_text())


def stream(server, shards=1, stem="ticks"):
    k, name = server.client("kinesis"), unique(stem)
    k.create_stream(StreamName=name, ShardCount=shards)
    until("the stream is active",
          lambda: k.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE")
    return name


def bucket(server, stem="averages"):
    name = unique(stem)
    where = {} if server.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": server.region}}
    server.client("s3").create_bucket(Bucket=name, **where)
    return name


def send(server, name, records, key="partitionkey"):
    k = server.client("kinesis")
    return [k.put_record(StreamName=name, Data=r.encode(), PartitionKey=key) for r in records]


class Bucket:
    """What a reader of the bucket sees. Every look checks what must hold at any
    moment: no unfinished part, no marker before its data."""

    def __init__(self, server, name):
        self.s3, self.name, self.texts = server.client("s3"), name, {}

    def keys(self):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        keys = [o["Key"] for p in pages for o in p.get("Contents", [])]
        parts = [k for k in keys if not k.endswith("/_SUCCESS")]
        strange = [k for k in parts if k.rpartition("/")[2][:1] in "_." or "tmp" in k or "inprogress" in k]
        if strange:
            raise AssertionError(f"a reader sees unfinished files: {strange}")
        folders = {k.rpartition("/")[0] for k in parts}
        early = {k for k in keys if k.endswith("/_SUCCESS")} - {f + "/_SUCCESS" for f in folders}
        if early:
            raise AssertionError(f"markers without their data: {sorted(early)}")
        return keys

    def markers(self):
        return {k.rpartition("/")[0] for k in self.keys() if k.endswith("/_SUCCESS")}

    def files(self):
        """(key, text) of every part; a part that was seen never changes."""
        for key in self.keys():
            if key.endswith("/_SUCCESS") or key in self.texts:
                continue
            text = self.s3.get_object(Bucket=self.name, Key=key)["Body"].read().decode()
            if not text.endswith("\n"):
                raise AssertionError(f"{key} is cut off: {text[-80:]!r}")
            self.texts[key] = text
        return sorted(self.texts.items())

    def rows(self):
        return rows.by_folder(self.files())

    def uploads(self):
        return self.s3.list_multipart_uploads(Bucket=self.name).get("Uploads", [])
