"""Compares the final rows of test/stream's scripts with those of a real Flink.

    python3 test/flinkrecord/streams.py [--home .build/flink] [NAME ...]

Every script's feeds become files, its query runs on them in streaming mode, and
what the changes amount to in the end must be what the script's answers amount to.
Flink reads a file before its first watermark, so a script whose rows come late
says so in a line "# Not for Flink: why", and is passed over.
"""
import argparse
import collections
import pathlib
import re
import sys
import tempfile

from cluster import Cluster
from gateway import Failed, Session

SCRIPTS = pathlib.Path(__file__).resolve().parents[1] / "stream" / "testdata"
KINDS = {"INSERT": 1, "UPDATE_AFTER": 1, "UPDATE_BEFORE": -1, "DELETE": -1, "+I": 1, "+U": 1, "-U": -1, "-D": -1}
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d+)?")


class Script:
    """A script's parts; see test/stream's doc for the lines."""

    def __init__(self, text):
        self.streams, self.settings, self.before, self.query = {}, [], [], None
        self.feeds, self.answers = collections.defaultdict(list), []
        self.passed = re.search(r"^# Not for Flink: (.*)", text, re.M)
        lines = iter(text.splitlines())
        for line in lines:
            word, _, rest = line.strip().partition(" ")
            if word == "stream":
                self.streams[rest.split()[0]] = self.paragraph(lines)
            elif word == "set":
                self.settings.append(rest.split(" ", 1))
            elif word == "sql":
                self.before.append(self.paragraph(lines))
            elif word == "run":
                self.query = self.paragraph(lines)
            elif word == "feed":
                name, *split = rest.split()
                self.feeds[name, " ".join(split)] += self.until_answers(lines)
                self.answers += self.rows(lines)
            elif word == "----":
                self.answers += self.rows(lines)

    @staticmethod
    def paragraph(lines):
        return "\n".join(iter(lambda: next(lines, "").rstrip(), ""))

    @staticmethod
    def until_answers(lines):
        return [l for l in iter(lambda: next(lines, "----").strip(), "----") if l]

    @classmethod
    def rows(cls, lines):
        return [(l[:2], canonical(l.strip()[3:-1])) for l in cls.paragraph(lines).splitlines()]


def moment(text):
    """Timestamps with seconds and without a fraction of zeros."""
    return MOMENT.sub(lambda m: f"{m[1]} {m[2]}{m[3] or ':00'}{(m[4] or '').rstrip('0').rstrip('.')}", text)


def canonical(row):
    return moment(row).replace("NULL", "null").replace("TRUE", "true").replace("FALSE", "false")


def final(changes):
    """The rows that are left, with how often they are."""
    count = collections.Counter()
    for kind, row in changes:
        count[row] += KINDS[kind]
    return +count


def run(script, port, folder):
    session = Session(port, {"execution.runtime-mode": "streaming", "parallelism.default": "1", "table.local-time-zone": "UTC"})
    try:
        for key, value in script.settings:
            session.execute(f"SET '{key}' = '{value}'")
        for name, columns in script.streams.items():
            (folder / name).mkdir()
            for (stream, split), rows in script.feeds.items():
                if stream == name:
                    (folder / name / f"part-{split}").write_text(moment("\n".join(rows) + "\n"))
            session.execute(f"CREATE TABLE {name} ({columns}) WITH ('connector' = 'filesystem', 'path' = '{folder / name}', 'format' = 'json')")
        for statement in script.before:
            session.execute(statement)
        rows = session.execute(script.query)
        return [(kind, canonical(", ".join("null" if c is None else str(c) for c in row))) for kind, row in rows]
    finally:
        session.close()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--home", type=pathlib.Path, default=pathlib.Path(".build/flink"))
    p.add_argument("names", nargs="*", help="scripts, without .slt; all when none is given")
    a = p.parse_args()
    bad = 0
    with Cluster(a.home.resolve()) as cluster:
        for path in sorted(SCRIPTS.glob("*.slt")):
            script = Script(path.read_text())
            if a.names and path.stem not in a.names:
                continue
            if script.passed:
                print(f"pass  {path.stem}: {script.passed[1]}")
                continue
            want = final(script.answers)
            try:
                with tempfile.TemporaryDirectory() as folder:
                    got = final(run(script, cluster.gateway, pathlib.Path(folder)))
            except Failed as e:
                got = str(e)
            bad += got != want
            print(f"{'same' if got == want else 'DIFFERS'}  {path.stem}: {len(want)} rows")
            if got != want:
                print(f"    Flink: {got}\n    here:  {want}")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
