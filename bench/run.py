"""Measures jobs A to D: weir run on one core against the hand-written program.

    python3 bench/run.py --weir .build/weir [--records 2000000] [--jobs ABCD] [--rounds 3]

Prints records per CPU-second (user + system time of the child, from wait4) and
the peak memory of both, and Weir's share of the hand-written program with its
general scanner: a ratio within one run, since bare times say more about the
machine than about the program. Every answer is checked by truth.py. Exit code 1
when an answer is wrong.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

# Per job: SQL, arguments of hand, arguments of truth.py, tickers.
JOBS = {
    "A": ("average", ["-slide", "60"], ["average", "--slide", "60"], 5),
    "B": ("filter", ["-job", "filter"], ["filter"], 5),
    "C": ("average", ["-slide", "60"], ["average", "--slide", "60"], 100_000),
    "D": ("hop", ["-slide", "1"], ["average", "--slide", "1"], 5),
}


def measure(argv):
    """Runs argv: (CPU seconds, peak memory in MB)."""
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{argv} ended with {child.returncode}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return used.ru_utime + used.ru_stime, used.ru_maxrss / unit


def best(rounds, before, argv):
    """The least CPU and the most memory of several rounds."""
    runs = []
    for _ in range(rounds):
        before()
        runs.append(measure(argv))
    return min(c for c, _ in runs), max(m for _, m in runs)


class Bench:
    def __init__(self, a, folder):
        self.a, self.folder = a, folder
        self.weir = str(pathlib.Path(a.weir).resolve())
        for tool in ("gen", "hand"):
            subprocess.run(["go", "build", "-o", folder / tool, "./bench/" + tool], cwd=HERE.parent, check=True)

    def data(self, tickers):
        path = self.folder / f"ticks-{tickers}.ndjson"
        if not path.exists():
            subprocess.run([self.folder / "gen", "-n", str(self.a.records), "-tickers", str(tickers), "-o", path], check=True)
        return path

    def job(self, name):
        sql, hand, truth, tickers = JOBS[name]
        data, csv, out = self.data(tickers), self.folder / "hand.csv", self.folder / "out"
        script = self.folder / f"{name}.sql"
        text = (HERE / "jobs/ticks.sql").read_text() + (HERE / f"jobs/{sql}.sql").read_text()
        script.write_text(text.replace("{input}", str(data)).replace("{output}", str(out)))
        limit = best(self.a.rounds, lambda: None, [self.folder / "hand", "-in", data, "-out", csv, *hand])
        ours = best(self.a.rounds, lambda: shutil.rmtree(out, ignore_errors=True),
                    [self.weir, "run", "--parallelism", "1", script])
        right = True
        for who, result in (("hand", csv), ("weir", out)):
            check = subprocess.run([sys.executable, HERE / "truth.py", *truth, data, result], capture_output=True, text=True)
            if check.returncode != 0:
                right = False
                print(f"{name}: the answer of {who} is wrong:\n{check.stdout}{check.stderr}")
        n = self.a.records / 1e6
        print(f"{name}   {n / limit[0]:8.2f} M {limit[1]:6.0f} MB   {n / ours[0]:8.2f} M {ours[1]:6.0f} MB   "
              f"{limit[0] / ours[0]:6.2f}   {'right' if right else 'WRONG'}", flush=True)
        return right


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weir", default=".build/weir")
    p.add_argument("--records", type=int, default=2_000_000)
    p.add_argument("--jobs", default="ABCD")
    p.add_argument("--rounds", type=int, default=3)
    a = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as folder:
        b = Bench(a, pathlib.Path(folder))
        print(f"{a.records:,} records, records per CPU-second and peak memory, best of {a.rounds}")
        print("job     hand-written          weir run              ratio    answer")
        results = [b.job(name) for name in a.jobs]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
