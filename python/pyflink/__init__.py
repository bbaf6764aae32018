"""Weir's drop-in ``pyflink``: Flink's Python Table API without a JVM.

A program records what it wants as SQL text and trees of relational
operations; :mod:`pyflink._weir` sends them to the ``weir`` process that
started the program, which plans and runs them. What Flink's package has and
this one has not fails with an error that names it.
"""

import sys

from pyflink._weir.missing import install

if sys.version_info < (3, 7):
    raise RuntimeError(
        "Python versions prior to 3.7 are not supported for PyFlink [" + str(sys.version_info) + "].")

install()
del install
