"""Runs the end-to-end tests of this folder and keeps the counts.

    .venv/bin/python test/e2e/run.py --weir .build/weir [-k NAME] [--out FILE]

Every subtest counts as a test; a skipped one is shown with its reason.
"""
import argparse
import os
import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent


class Result(unittest.TextTestResult):
    """Counts passes too, and shows how long a test took and how to repeat it."""

    def __init__(self, *args, **kw):
        super().__init__(*args, **kw)
        self.passed = 0

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def stopTest(self, test):
        super().stopTest(test)
        self.stream.writeln(f"  {test.id()} {time.monotonic() - self.began:.1f}s")

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is None:
            self.passed += 1

    def printErrorList(self, flavour, errors):
        super().printErrorList(flavour, errors)
        for test, _ in errors:
            name = getattr(test, "test_case", test).id()
            self.stream.writeln(f"again: .venv/bin/python test/e2e/run.py -k {name}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weir", default=".build/weir")
    p.add_argument("--out")
    p.add_argument("-k", action="append")
    a = p.parse_args()
    os.environ["WEIR_BINARY"] = str(pathlib.Path(a.weir).resolve())
    sys.path.insert(0, str(HERE))
    loader = unittest.TestLoader()
    loader.testNamePatterns = ["*%s*" % k for k in a.k] if a.k else None
    suite = loader.discover(str(HERE), pattern="test_*.py")
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1, resultclass=Result).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    for test, why in result.skipped:
        print(f"SKIPPED {test.id()}: {why}")
    if result.passed + failed + len(result.skipped) == 0:
        sys.exit("no test was found")
    print(f"e2e: {result.passed} passed, {failed} failed, {len(result.skipped)} skipped")
    if a.out:
        out = pathlib.Path(a.out)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(f"{result.passed} {failed} {len(result.skipped)}\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
