"""Measures how soon a record that is put is in the engine's window."""
import json
import os
import pathlib
import random
import signal
import subprocess
import threading
import time

JOB = """
CREATE TABLE ticks (n BIGINT, event_time TIMESTAMP(3), WATERMARK FOR event_time AS event_time) WITH (
  'connector' = 'kinesis', 'stream' = '{stream}', 'aws.region' = 'us-east-1', 'scan.stream.initpos' = 'TRIM_HORIZON',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601');
CREATE TABLE sums (n BIGINT) WITH ('connector' = 'print');
INSERT INTO sums SELECT SUM(n) FROM ticks GROUP BY TUMBLE(event_time, INTERVAL '1' SECOND);
"""


def put_to_window(weir, server, folder, shards=2, samples=100):
    """Seconds from before a put until the job has it in its window, sorted.

    Every record has a window of its own and closes that of the record before: when
    that one's row is printed, the record has arrived. The other shards are idle."""
    k, stream = server.client("kinesis"), f"latency-{shards}"
    k.create_stream(StreamName=stream, ShardCount=shards)
    k.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    script = pathlib.Path(folder) / "latency.sql"
    script.write_text(JOB.format(stream=stream))
    job = subprocess.Popen([weir, "run", script], env=server.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    printed, came = {}, threading.Condition()

    def read():
        for line in job.stdout:
            with came:
                printed[int(line.split("[")[1].split("]")[0])] = time.monotonic()
                came.notify_all()
    threading.Thread(target=read, daemon=True).start()
    dice, took = random.Random(1), []
    try:
        for n in range(samples + 5):
            at = time.strftime("2021-06-01T%H:%M:%S", time.gmtime(2 * n))
            began = time.monotonic()
            k.put_record(StreamName=stream, Data=json.dumps({"n": n, "event_time": at}).encode(), PartitionKey="k")
            with came:
                if n > 0 and not came.wait_for(lambda: n - 1 in printed, 30):
                    raise SystemExit(f"the window of record {n - 1} did not fire")
            if n >= 5:  # the job has started
                took.append(printed[n - 1] - began)
            time.sleep(dice.uniform(0, 0.4))  # twice the poll interval: every phase alike
    finally:
        job.send_signal(signal.SIGINT)
        job.wait(30)
    return sorted(took)


def cpu_seconds(pid):
    """What a process has used of the processors so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def at_rest(weir, server, folder, shards=1, seconds=10):
    """The shares of a core that a job without records and its server use."""
    k, stream = server.client("kinesis"), f"rest-{shards}"
    k.create_stream(StreamName=stream, ShardCount=shards)
    k.get_waiter("stream_exists").wait(StreamName=stream, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    script = pathlib.Path(folder) / "rest.sql"
    script.write_text(JOB.format(stream=stream))
    job = subprocess.Popen([weir, "run", "--set", "execution.checkpointing.interval=60 s", script], env=server.environment(),
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(3)  # it has started
        began = cpu_seconds(job.pid), cpu_seconds(server.process.pid)
        time.sleep(seconds)
        return (cpu_seconds(job.pid) - began[0]) / seconds, (cpu_seconds(server.process.pid) - began[1]) / seconds
    finally:
        job.send_signal(signal.SIGINT)
        job.wait(30)
