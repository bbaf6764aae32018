"""The walk-through's recorded feeds and rows, and how results are read."""
import json
import pathlib
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "walkthrough"
# What a user of the managed service has, where it lies beside the checkout.
ORIGINALS = FOLDER.parent.parent.parent / "shared" / "walkthrough"

# The feeds of a recorded run that the job reads, in order.
READ = {"base": ["base", "second", "third"], "trim": ["before", "base", "second"], "quirks": ["quirks"]}


def feed(name):
    """The records of a feed, exact text."""
    with open(FOLDER / "feeds" / f"{name}.jsonl", encoding="utf-8") as f:
        return [json.loads(line)["data"] for line in f]


def records(run):
    return [r for name in READ[run] for r in feed(name)]


def expected(run):
    """Partition directory -> rows, as Flink wrote them."""
    return json.loads((FOLDER / "expected-rows.json").read_text(encoding="utf-8"))[run]


def by_folder(files):
    """(path, text) of data files -> partition directory -> rows, sorted."""
    out = {}
    for path, text in files:
        folder, _, name = path.rpartition("/")
        if not name.startswith(("_", ".")):
            out.setdefault(folder, []).extend(text.splitlines(keepends=True))
    return {k: sorted(v) for k, v in out.items()}


def sorted_rows(run):
    return {k: sorted(v) for k, v in expected(run).items()}


def originals():
    """The users' own files, or the test is skipped."""
    if not (ORIGINALS / "kda-pyflink-demo.py").is_file():
        raise unittest.SkipTest("the users' own files are not beside the checkout (../shared/walkthrough)")
    return ORIGINALS
