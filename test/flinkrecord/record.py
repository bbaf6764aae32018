"""Asks a real Flink for the answers of test/logic and writes them into the files.

    record.py --home DIR [--again] [FILE...]

Without --again it asks only for answers that are missing. With it, everything
is asked anew; what changed is printed and written. The dialect is told in
test/logic/doc.go.
"""
import argparse
import collections
import datetime
import pathlib
import sys
import tempfile

from cluster import VERSION, Cluster
from gateway import Failed, Session

ARROW = "  =>  "
NOTE = "  ##  "  # what Weir answers otherwise; written by hand, kept
OPTIONS = {
    # a failing constant must not end the TaskManager
    "pipeline.operator-chaining.enabled": "false",
    "table.local-time-zone": "UTC",
    "table.dml-sync": "true",
}
AT_ONCE = 24  # expressions a statement


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--home", type=pathlib.Path, required=True)
    args.add_argument("--again", action="store_true")
    args.add_argument("files", nargs="*", type=pathlib.Path)
    a = args.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent / "logic"
    files = [f.resolve() for f in a.files] or sorted(root.rglob("*.slt"))
    todo = [f for f in files if a.again or missing(f.read_text().split("\n"))]
    if not todo:
        print("flink-record: no answer is missing")
        return
    with Cluster(a.home.resolve()) as flink:
        for f in todo:
            record(f, flink.gateway, a.again)


def missing(lines):
    return any(b.wants(False) for b in blocks(lines))


class Block:
    """A block of a file: its first line and how many lines, what it asks, what is answered."""

    def __init__(self, lines):
        self.head, self.body, self.answer = lines[0], lines[1:], None
        if "----" in self.body:
            cut = self.body.index("----")
            self.body, self.answer = self.body[:cut], self.body[cut + 1:]
        self.kind = self.head.split(" ")[0]

    def wants(self, again):
        if self.kind == "expr":
            return any(again or ARROW not in l for l in self.body if not l.startswith("#"))
        return self.kind == "query" and (again or self.answer is None)

    def lines(self):
        return [self.head, *self.body] + ([] if self.answer is None else ["----", *self.answer])


def blocks(lines):
    """The blocks of a file; comments and empty lines between them are blocks of their own."""
    found, i = [], 0
    while i < len(lines):
        start = i
        if lines[i] and not lines[i].startswith("#"):
            while i < len(lines) and lines[i]:
                i += 1
        else:
            i += 1
        found.append(Block(lines[start:i]))
    return found


def record(path, port, again):
    session, parts = Session(port, OPTIONS), blocks(path.read_text().split("\n"))
    before = [list(b.lines()) for b in parts]
    with tempfile.TemporaryDirectory() as data:
        for b in parts:
            if b.kind == "file":
                pathlib.Path(data, b.head.split(" ")[1]).write_text("".join(l + "\n" for l in b.body))
            elif b.kind == "statement":
                session.execute("\n".join(b.body).replace("$DIR", data))
            elif b.kind == "query" and b.wants(again):
                b.answer = query(session, "\n".join(b.body).replace("$DIR", data), b.answer)
            elif b.kind == "expr":
                expressions(session, b, again)
    session.close()
    report(path, before, parts)
    head = f"# Answers: Apache Flink {VERSION}, recorded {datetime.date.today()}."
    lines = [l for b in parts for l in b.lines()]
    at = next((i for i, l in enumerate(lines) if l.startswith("# Answers: ")), None)
    if at is None:
        lines.insert(0, head)
    else:
        lines[at] = head
    path.write_text("\n".join(lines))


def report(path, before, parts):
    added = 0
    for old, b in zip(before, parts):
        for was, now in zip(old, b.body and b.lines()):
            if was != now and ARROW in was:
                print(f"{path.name}: was: {was}\n{' ' * len(path.name)}  now: {now}")
            added += was != now
        if b.kind == "query" and old != b.lines():
            added += 1
            if "----" in old:
                print(f"{path.name}: {b.body}\n  was: {old[old.index('----') + 1:]}\n  now: {b.answer}")
    print(f"{path.name}: {added} answers written", flush=True)


def failure(was, e):
    """ERROR* marks, by hand, a failure that Weir tells in other words."""
    return ("ERROR* " if was.startswith("ERROR*") else "ERROR ") + str(e)


def query(session, sql, old):
    try:
        changes = session.execute(sql)
    except Failed as e:
        return [failure((old or [""])[0], e)]
    rows = collections.Counter()
    for kind, cells in changes:
        rows[" | ".join("NULL" if c is None else c for c in cells)] += 1 if kind in ("INSERT", "UPDATE_AFTER") else -1
    return sorted(rows.elements())


def expressions(session, b, again):
    at = [i for i, l in enumerate(b.body) if not l.startswith("#") and (again or ARROW not in l)]
    source = b.head[len("expr"):].strip() or "FROM (VALUES (1)) AS t_(x_)"
    for i in range(0, len(at), AT_ONCE):
        batch = at[i:i + AT_ONCE]
        for line, answer in zip(batch, evaluate(session, [b.body[k].split(ARROW)[0] for k in batch], source)):
            text, _, old = b.body[line].partition(ARROW)
            old, hand, note = old.partition(NOTE)
            if isinstance(answer, Failed):
                answer = failure(old, answer)
            b.body[line] = text + ARROW + answer + hand + note


def evaluate(session, texts, source):
    """The answers "TYPE value" of expressions; a statement that fails is halved until the expression that fails is found."""
    names = [f"e{i}" for i in range(len(texts))]
    try:
        session.execute("DROP TEMPORARY VIEW IF EXISTS v_")
        columns = ", ".join(f"{t} AS {n}" for t, n in zip(texts, names))
        session.execute(f"CREATE TEMPORARY VIEW v_ AS SELECT {columns} {source}")
        types = {cells[0]: cells[1] for _, cells in session.execute("DESCRIBE v_")}
        (_, cells), = session.execute("SELECT * FROM v_")
    except Failed as e:
        if len(texts) == 1:
            return [e]
        half = len(texts) // 2
        return evaluate(session, texts[:half], source) + evaluate(session, texts[half:], source)
    return [f"{types[n]}  {'NULL' if c is None else c}" for n, c in zip(names, cells)]


if __name__ == "__main__":
    sys.exit(main())
