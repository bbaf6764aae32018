"""The walk-through, step by step on the screen (make demo).

Starts a server on a temporary data directory, goes from the stream to Athena by
boto3 over the public APIs, and compares Athena's rows with averages computed
here from the records that were sent. Exit code 0 only if they are equal.
"""
import argparse
import collections
import datetime
import json
import os
import pathlib
import random
import sys
import time

TICKERS = ["AAPL", "AMZN", "MSFT", "INTC", "TBV"]


def ticks(minutes=4, a_minute=60, seed=1):
    """Records in order of time, and one more that closes the last window."""
    rnd, at = random.Random(seed), datetime.datetime(2026, 1, 5, 9, 30)
    for _ in range(minutes * a_minute):
        yield {"event_time": at.isoformat(), "ticker": rnd.choice(TICKERS), "price": round(rnd.random() * 100, 2)}
        at += datetime.timedelta(seconds=60 / a_minute)
    yield {"event_time": (at + datetime.timedelta(minutes=2)).isoformat(), "ticker": "AAPL", "price": 1.0}


def averages(records):
    """(ticker, end of the minute) -> mean, of all but the closing record."""
    groups = collections.defaultdict(list)
    for r in records[:-1]:
        minute = datetime.datetime.fromisoformat(r["event_time"]).replace(second=0, microsecond=0)
        groups[r["ticker"], str(minute + datetime.timedelta(minutes=1))].append(r["price"])
    return {k: sum(v) / len(v) for k, v in groups.items()}


def plot(values):
    low, high = min(values), max(values)
    return "".join("▁▂▃▄▅▆▇█"[int((v - low) / (high - low or 1) * 7)] for v in values)


class Steps:
    def __init__(self):
        self.began = time.monotonic()

    def __call__(self, text):
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", flush=True)


def demo(server, step, rows, walkthrough):
    w = walkthrough.Walkthrough(server, (rows.FOLDER / "ticker_averages.py").read_text(),
                                (rows.FOLDER / "role-policy.json").read_text(), sink={"commit.delay": "0 s"})
    w.prepare()
    step(f"stream {w.stream}, buckets {w.code_bucket} and {w.out_bucket}, role {w.role} with its policy, log group {w.group}")
    w.create(position="TRIM_HORIZON")
    step(f"CreateApplication {w.app}: FLINK-1_11, code from s3://{w.code_bucket}/{w.code_key}, property groups")
    w.start()
    step("StartApplication: RUNNING")
    records = list(ticks())
    for i in range(0, len(records), 500):
        w.kinesis.put_records(StreamName=w.stream, Records=[
            {"Data": json.dumps(r), "PartitionKey": "partitionkey"} for r in records[i:i + 500]])
    step(f"PutRecords: {len(records)} records")
    want = averages(records)
    from server import until
    until("all rows are in S3", lambda: sum(map(len, w.rows().values())) >= len(want), 60)
    for key in w.objects():
        step(f"s3://{w.out_bucket}/{key}")
    w.kda.stop_application(ApplicationName=w.app)
    w.reaches("READY")
    step("StopApplication: READY, its state in a snapshot")
    table = w.crawl()
    columns = [c["Name"] for c in table["StorageDescriptor"]["Columns"]]
    step(f"StartCrawler: table {table['Name']} ({', '.join(columns)}), partitioned by ticker")
    sql = f'SELECT ticker, {columns[1]}, {columns[0]} FROM "{table["Name"]}" ORDER BY 1, 2'
    got = w.query(sql)
    step(f"Athena: {sql}")
    print()
    found = {}
    for ticker, end, price in got:
        end = end.strip('"')[:19]
        found[ticker, end] = float(price)
        print(f"  {ticker:6} {end:24} {price}")
    print()
    for ticker in TICKERS:
        print(f"  {ticker:6} {plot([v for (t, _), v in sorted(found.items()) if t == ticker] or [0])}")
    wrong = [k for k in want.keys() | found.keys() if abs(want.get(k, 1e99) - found.get(k, -1e99)) > 1e-9]
    print(f"\n{len(found)} rows from Athena, {len(wrong)} differ from the averages computed from the records" +
          "".join(f"\n  {k}: Athena {found.get(k)}, computed {want.get(k)}" for k in sorted(wrong)))
    return not wrong and bool(found)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weir", default=".build/weir")
    a = p.parse_args()
    os.environ["WEIR_BINARY"] = str(pathlib.Path(a.weir).resolve())
    import rows
    import server
    import walkthrough
    step = Steps()
    with server.Server(region=walkthrough.REGION) as s:
        step(f"weir serve on {s.endpoint}")
        right = demo(s, step, rows, walkthrough)
    print("see test/walkthrough for the program, and README.md for how to use your own")
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
