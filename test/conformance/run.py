"""Scores Weir by the corpus of Flink's own test cases, and holds the score.

    python3 test/conformance/run.py --weir .build/weir [--corpus ../shared/conformance] [--record]

Starts `weir sql-gateway`, has the corpus's runner ask it every case, and compares
with scores.txt: a category that passes fewer cases than recorded there, or a case
that fails and is not listed there, is a failure. After an improvement --record
writes the scores anew, which only ever rise; the reasons of cases that still fail
are kept, those of new ones are for you to write; one that begins with "sometimes"
stays, and its case does not count. The corpus is not part of the
project; where it is not beside it nothing is run, and that is said.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SCORES = HERE / "scores.txt"


def ask(weir, corpus):
    """Every case's outcome: {id: (class and category, outcome, why)}."""
    with tempfile.TemporaryDirectory(prefix="weir-conformance-") as tmp:
        report = pathlib.Path(tmp) / "report.json"
        gateway = subprocess.Popen([weir, "sql-gateway", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, cwd=tmp, env=os.environ | {"HOME": tmp})
        try:
            ready = gateway.stdout.readline()
            endpoint = next((w.rstrip(",") for w in ready.split() if w.startswith("http://")), None)
            if endpoint is None:
                sys.exit(f"weir sql-gateway said: {ready}{gateway.stdout.read()}")
            subprocess.run([sys.executable, corpus / "runner.py", "--endpoint", endpoint, "--report", report, "--show", "0", "--tmp", tmp],
                           stdout=subprocess.DEVNULL, check=True, timeout=900)
            results = json.loads(report.read_text())["results"]
        finally:
            gateway.terminate()
            gateway.wait(30)
    return {r["id"]: (f"{r['id'].split('-')[0]} {r['category']}", r["outcome"], r["why"]) for r in results}


def recorded():
    """scores.txt: {category: (passed, of)} and {id: reason}."""
    scores, reasons = {}, {}
    for line in SCORES.read_text().splitlines() if SCORES.exists() else []:
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) == 4 and words[2].isdigit():
            scores[" ".join(words[:2])] = int(words[2]), int(words[3])
        else:
            reasons[words[0]] = line.partition("  ")[2]
    return scores, reasons


def sometimes(reason):
    return (reason or "").startswith("sometimes")


def tally(outcomes, reasons):
    count = collections.defaultdict(lambda: [0, 0])
    for i, (category, outcome, _) in outcomes.items():
        count[category][0] += outcome == "pass" and not sometimes(reasons.get(i))
        count[category][1] += 1
    return {c: tuple(n) for c, n in sorted(count.items())}


def record(outcomes, scores, reasons):
    old, _ = recorded()
    fallen = [c for c, (passed, _) in old.items() if scores.get(c, (0, 0))[0] < passed]
    if fallen:
        sys.exit(f"not recorded, these have fallen: {', '.join(fallen)}")
    lines = ["# Passed and all cases of each category; see run.py. These numbers only rise.", ""]
    lines += [f"{c} {passed} {of}" for c, (passed, of) in scores.items()]
    lines += ["", "# The cases that fail, and why.", ""]
    lines += [f"{i}  {reasons.get(i) or 'REASON WANTED: ' + why.partition(chr(10))[0][:120]}"
              for i, (_, outcome, why) in sorted(outcomes.items()) if outcome != "pass" or sometimes(reasons.get(i))]
    SCORES.write_text("\n".join(lines) + "\n")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weir", type=pathlib.Path, default=pathlib.Path(".build/weir"))
    p.add_argument("--corpus", type=pathlib.Path, default=HERE.parents[2] / "shared" / "conformance")
    p.add_argument("--record", action="store_true")
    p.add_argument("--out", type=pathlib.Path, help="write 'passed failed skipped' there")
    a = p.parse_args()
    counts, status = (0, 0, 1), 0
    if not (a.corpus / "runner.py").is_file():
        print(f"conformance: skipped, there is no corpus in {a.corpus}")
    else:
        outcomes = ask(a.weir.resolve(), a.corpus.resolve())
        old, reasons = recorded()
        scores = tally(outcomes, reasons)
        if a.record:
            record(outcomes, scores, reasons)
        problems = [f"{c}: {scores.get(c, (0, 0))[0]} pass, {passed} are recorded" for c, (passed, _) in old.items()
                    if scores.get(c, (0, 0))[0] < passed]
        problems += [f"{i}: {outcome}, {why[:300]}" for i, (_, outcome, why) in sorted(outcomes.items())
                     if outcome != "pass" and i not in reasons and not a.record]
        for line in problems:
            print(line)
        passed = sum(n for n, _ in scores.values())
        risen = sum(n for n, _ in scores.values()) - sum(n for n, _ in old.values())
        print(f"conformance: {passed} of {len(outcomes)} cases pass" + (f", {risen} more than recorded (--record writes it down)" if risen > 0 else ""))
        counts, status = (int(not problems), int(bool(problems)), 0), int(bool(problems))
    if a.out:
        a.out.parent.mkdir(parents=True, exist_ok=True)
        a.out.write_text("%d %d %d\n" % counts)
    return status


if __name__ == "__main__":
    sys.exit(main())
