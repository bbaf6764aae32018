"""A worker: calls functions on columns, one frame in and one frame out.

A frame is a head, and columns as :mod:`pyflink._weir.columns` has them. OPEN
names a function and its types and gives it a number; CALL asks for the
function's values. What it raises is answered with its traceback, and the
worker goes on.
"""

import inspect
import json
import struct
import sys
import traceback

from pyflink._weir import client, columns
from pyflink._weir.helper import resolve

_HEAD = struct.Struct("<IBxxxII")  # bytes after this field, kind, function, rows
CALL, RESULT, ERROR, OPEN = 1, 2, 3, 4


def run(functions, worker):
    """Serves one connection until it ends."""
    sock = client.dial("worker", worker=worker)
    calls = {}
    try:
        while True:
            head = client.read_exactly(sock, _HEAD.size)
            if head is None:
                return 0
            size, kind, function, rows = _HEAD.unpack(head)
            body = client.read_exactly(sock, size - _HEAD.size + 4)
            if body is None:
                return 0
            if kind == OPEN:
                answer = _guarded(lambda: calls.update({function: _prepare(functions, json.loads(bytes(body).decode()))}) or [])
            else:
                answer = _guarded(lambda: calls[function](body, rows))
            kind, parts = answer
            size = sum(map(len, parts)) + _HEAD.size - 4
            sock.sendall(b"".join([_HEAD.pack(size, kind, function, rows)] + parts))
    except ConnectionError:
        return 0  # nobody waits for the answer
    finally:
        for call in calls.values():
            call.close()


def _guarded(work):
    try:
        return RESULT, work()
    except Exception as e:
        text = "%s\n%s" % (_one_line(e), _trim(traceback.format_exc()))
        return ERROR, [text.encode("utf-8", "replace")]


def _one_line(e):
    return traceback.format_exception_only(type(e), e)[-1].strip()


def _trim(text):
    """A traceback without the worker's own frames, from the function's first line on."""
    lines = text.splitlines(True)
    own = [i for i, line in enumerate(lines) if line.startswith('  File "') and __file__ in line]
    if not own:
        return text
    start = own[-1] + 1
    while start < len(lines) and not lines[start].startswith('  File "'):
        if not lines[start].startswith("    "):
            return text
        start += 1
    return lines[0] + "".join(lines[start:])


class _Call(object):
    """One function, its argument readers and its result's writer."""

    def __init__(self, target, wrapper, spec):
        zone = columns.time_zone(spec.get("time_zone"))
        self._target, self._wrapper = target, wrapper
        self._readers = [columns.reader(t, zone) for t in spec["args"]]
        self._writer = columns.writer(spec["result"], zone)

    def __call__(self, body, rows):
        cursor = columns.Cursor(body)
        args = [read(cursor, rows) for read in self._readers]
        if not args:
            values = [self._target() for _ in range(rows)]
        else:
            values = list(map(self._target, *args))
        return self._writer(values)

    def close(self):
        close = getattr(self._wrapper._func, "close", None)
        if close is not None and hasattr(self._wrapper._func, "eval"):
            close()


class _PandasCall(_Call):
    """A function of whole columns as pandas Series."""

    def __call__(self, body, rows):
        import pandas
        cursor = columns.Cursor(body)
        args = [pandas.Series(list(read(cursor, rows))) for read in self._readers]
        result = self._target(*args)
        if not hasattr(result, "__len__"):
            raise TypeError("a pandas function must return a Series, not %s" % type(result).__name__)
        if len(result) != rows:
            raise ValueError("the function was given %d rows and returned %d" % (rows, len(result)))
        values = result.tolist() if hasattr(result, "tolist") else list(result)
        # pandas has no other NULL than NaN and NaT, which differ from themselves
        return self._writer([None if v is None or v != v else v for v in values])


def _prepare(functions, spec):
    key = spec["key"]
    wrapper = functions[key] if key in functions else resolve(key)
    if not hasattr(wrapper, "_func"):
        raise TypeError("%s is not a function made with udf()" % key)
    target = wrapper._func
    if hasattr(target, "eval"):
        from pyflink.table.udf import FunctionContext
        target.open(FunctionContext(spec.get("parameters")))
        target = target.eval
    if wrapper._func_type == "pandas":
        try:
            import pandas  # noqa: F401
        except ImportError:
            raise ImportError(
                "%s is a pandas function, and pandas is not installed in %s: install it there, or write the "
                "function without func_type=\"pandas\"" % (wrapper._name, sys.executable))
        return _PandasCall(target, wrapper, spec)
    _check_arity(target, len(spec["args"]))
    return _Call(target, wrapper, spec)


def _check_arity(target, given):
    try:
        inspect.signature(target).bind(*[None] * given)
    except TypeError as e:
        raise TypeError("called with %d arguments: %s" % (given, e))
    except ValueError:
        pass  # a builtin without signature
