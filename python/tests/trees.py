"""Evaluates Table API programs and prints the trees they make, as JSON.

Reads a JSON list of programs from standard input. A program's last expression
is a table. The engine is not asked for anything: every table has the columns
of the test's table ``ticks``.
"""

import ast
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from pyflink.table import *  # noqa: E402,F403
from pyflink.table import expressions, table_environment, udf, window  # noqa: E402

COLUMNS = ["ticker", "price", "volume", "event_time"]


class Recorder(table_environment.TableEnvironment):
    """An environment that records and runs nothing."""

    def __init__(self):
        self._env = 0

    def _call(self, op, **arguments):
        return {"columns": [{"name": c, "type": {"t": "NULL"}, "text": ""} for c in COLUMNS]}


def evaluate(program):
    """The tree of a program's last expression."""
    env = Recorder()
    names = dict(vars(expressions))
    names.update(vars(window))
    names.update(vars(sys.modules["pyflink.table"]))
    names.update(udf=udf.udf, env=env, t=env.from_path("ticks"), other=env.from_path("trades"))
    module = ast.parse(program)
    last = module.body.pop()
    exec(compile(module, "program", "exec"), names)
    table = eval(compile(ast.Expression(last.value), "program", "eval"), names)
    return json.loads(json.dumps(table._tree))


def main():
    """Programs in, trees or errors out."""
    out = []
    for program in json.load(sys.stdin):
        try:
            out.append({"tree": evaluate(program)})
        except Exception as e:
            out.append({"error": "%s: %s" % (type(e).__name__, e)})
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main()
