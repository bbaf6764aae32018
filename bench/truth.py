"""What the benchmark jobs must answer, computed without the engine.

    truth.py average --slide 60 ticks.ndjson RESULT     jobs A and C; D with --slide 1
    truth.py filter ticks.ndjson RESULT                 job B

RESULT is a CSV file or a folder of them. Prices are added as whole cents, so the
truth has no rounding of its own; no record is later than 3 s and the watermark
stays 5 s behind, so every window holds all its records. Standard library only.
Exit code 1 when a row is missing, wrong, doubled or too much.
"""
import argparse
import collections
import csv
import datetime
import json
import pathlib
import sys

TOLERANCE = 1e-9


def ticks(path):
    """The records: whole second of day-less event time text, ticker, cents."""
    with open(path, "rb", buffering=1 << 20) as f:
        for line in f:
            r = json.loads(line)
            yield r["event_time"][:19], r["ticker"], round(r["price"] * 100)


def epoch(text):
    t = datetime.datetime.fromisoformat(text.replace(" ", "T")[:19])
    return int(t.replace(tzinfo=datetime.timezone.utc).timestamp())


def averages(path, size, slide):
    """(window start, ticker) -> (count, mean price)."""
    seconds = collections.defaultdict(lambda: [0, 0])  # (second text, ticker)
    for text, ticker, cents in ticks(path):
        s = seconds[text, ticker]
        s[0] += 1
        s[1] += cents
    windows = collections.defaultdict(lambda: [0, 0])
    starts = {}
    for (text, ticker), (n, cents) in seconds.items():
        at = starts.get(text)
        if at is None:
            at = starts[text] = epoch(text)
        last = at - at % slide
        for start in range(last, at - size, -slide):
            w = windows[start, ticker]
            w[0] += n
            w[1] += cents
    return {k: (n, cents / n / 100) for k, (n, cents) in windows.items()}


def rows(result):
    """The rows of a CSV file or of all visible files in a folder; a header is passed over."""
    result = pathlib.Path(result)
    files = sorted(p for p in result.rglob("*") if p.is_file()) if result.is_dir() else [result]
    for f in files:
        if f.name.startswith(("_", ".")):
            continue
        with open(f, newline="") as text:
            for row in csv.reader(text):
                if row[0] != "window_start":
                    yield row


def check_averages(a):
    want = averages(a.ticks, a.size, a.slide)
    wrong, seen = [], set()
    for start, ticker, n, mean in rows(a.result):
        key = epoch(start), ticker
        if key in seen:
            wrong.append(f"twice: {start} {ticker}")
        seen.add(key)
        count, exact = want.get(key, (0, 0.0))
        if count != int(n) or abs(float(mean) - exact) > TOLERANCE:
            wrong.append(f"{start} {ticker}: got {n} {mean}, want {count} {exact}")
    missing = want.keys() - seen
    wrong += [f"missing: {datetime.datetime.fromtimestamp(s, datetime.timezone.utc):%FT%T} {t}" for s, t in sorted(missing)]
    return len(want), wrong


def check_filter(a):
    want = collections.Counter((t, c) for _, t, c in ticks(a.ticks) if c > 5000)
    got, wrong = collections.Counter(), []
    for ticker, text in rows(a.result):
        value = float(text)
        cents = round(value / 1.1 * 100)
        if abs(cents * 1.1 / 100 - value) > TOLERANCE:
            wrong.append(f"{ticker} {text} is no price in cents times 1.1")
        got[ticker, cents] += 1
    for key in want.keys() | got.keys():
        if want[key] != got[key]:
            wrong.append(f"{key[0]} at {key[1]} cents: got {got[key]} rows, want {want[key]}")
    return sum(want.values()), wrong


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    jobs = p.add_subparsers(dest="job", required=True)
    average = jobs.add_parser("average")
    average.add_argument("--size", type=int, default=60)
    average.add_argument("--slide", type=int, default=60)
    average.set_defaults(check=check_averages)
    jobs.add_parser("filter").set_defaults(check=check_filter)
    for job in jobs.choices.values():
        job.add_argument("ticks")
        job.add_argument("result")
    a = p.parse_args()
    n, wrong = a.check(a)
    if n == 0:
        wrong.append("the truth has no row: nothing was checked")
    for line in wrong[:10]:
        print("  " + line)
    print(f"{n} rows expected, {len(wrong)} faults")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
