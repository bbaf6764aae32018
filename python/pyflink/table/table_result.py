"""What a statement gave: rows, a job, or just OK."""

import base64
import datetime
import decimal
import sys

from pyflink._weir.client import call
from pyflink._weir.missing import Unsupported, raiser
from pyflink.common.job_client import JobClient
from pyflink.common.types import Row, RowKind
from pyflink.table.result_kind import ResultKind
from pyflink.table.table_schema import ResolvedSchema, TableSchema

__all__ = ["TableResult", "CloseableIterator"]


class TableResult(Unsupported):
    """What a statement gave."""

    def __init__(self, answer):
        self._id = answer.get("result")
        self._kind = answer.get("kind", "SUCCESS")
        self._columns = answer.get("columns") or []
        self._job = answer.get("job")

    @staticmethod
    def _empty():
        return TableResult({"kind": "SUCCESS", "columns": [
            {"name": "result", "type": {"t": "VARCHAR", "n": 2147483647}, "text": "STRING"}]})

    def get_job_client(self):
        """A handle on the job, None if there is none."""
        return JobClient(self._job) if self._job else None

    def wait(self, timeout_ms=None):
        """Waits for the job's end, or for a query's first row; raises if the job failed."""
        if self._id is None:
            return
        answer = call("result_wait", result=self._id, timeout_ms=timeout_ms)
        if not answer.get("done", True):
            raise TimeoutError("the job did not end within %d ms" % timeout_ms)

    def get_table_schema(self):
        """The columns of the rows."""
        return TableSchema._of(self._columns)

    def get_resolved_schema(self):
        """The columns of the rows."""
        return ResolvedSchema._of(self._columns)

    def get_result_kind(self):
        """Whether there are rows of the statement's own."""
        return ResultKind[self._kind]

    def collect(self):
        """The rows, one after the other, as they come."""
        return CloseableIterator(self._id, self._columns)

    def print(self):
        """Prints the rows as a table, as they come."""
        if self._id is None:
            print("OK")
            return
        done = False
        while not done:
            answer = call("result_print", result=self._id)
            sys.stdout.write(answer["text"])
            sys.stdout.flush()
            done = answer["done"]


class CloseableIterator(object):
    """The rows of a result."""

    def __init__(self, result, columns):
        self._result = result
        self._names = [c["name"] for c in columns]
        self._read = [reader(c["type"]) for c in columns]
        self._page, self._done = iter(()), result is None

    def __iter__(self):
        return self

    def __next__(self):
        while True:
            for kind, values in self._page:
                row = Row(*[None if v is None else read(v) for read, v in zip(self._read, values)])
                row.set_field_names(self._names)
                row.set_row_kind(RowKind(kind))
                return row
            if self._done:
                raise StopIteration()
            answer = call("result_fetch", result=self._result)
            self._page, self._done = iter(answer["rows"]), answer["done"]

    def next(self):
        """The next row."""
        return self.__next__()

    def close(self):
        """Ends the query."""
        if self._result is not None:
            call("result_close", result=self._result)
        self._page, self._done = iter(()), True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _same(text):
    return text


def _timestamp(text):
    date, _, time = text.partition(" ")
    return datetime.datetime.combine(_date(date), _time(time.rstrip("Z")))


def _date(text):
    year, month, day = text.split("-")
    return datetime.date(int(year), int(month), int(day))


def _time(text):
    clock, _, fraction = text.partition(".")
    parts = [int(p) for p in clock.split(":")] + [0]
    return datetime.time(parts[0], parts[1], parts[2], int(fraction.ljust(6, "0")[:6]) if fraction else 0)


def _boolean(text):
    return text.lower() == "true"


def _interval(text):
    days, _, clock = text[1:].partition(" ")
    hours, minutes, seconds = clock.split(":")
    length = datetime.timedelta(
        days=int(days), hours=int(hours), minutes=int(minutes), microseconds=round(float(seconds) * 1000000))
    return -length if text.startswith("-") else length


_READERS = {
    "BOOLEAN": _boolean, "TINYINT": int, "SMALLINT": int, "INT": int, "BIGINT": int, "FLOAT": float,
    "DOUBLE": float, "DECIMAL": decimal.Decimal, "DATE": _date, "TIME": _time, "TIMESTAMP": _timestamp,
    "TIMESTAMP_LTZ": _timestamp, "CHAR": _same, "VARCHAR": _same, "INTERVAL_DS": _interval, "INTERVAL_YM": _same,
    "NULL": _same,
}


def reader(spec):
    """A function that makes the Python value of a value's text, by its type."""
    name = spec["t"]
    if name in _READERS:
        return _READERS[name]
    if name in ("BINARY", "VARBINARY"):
        return base64.b64decode
    if name == "ARRAY":
        element = _nullable(spec["elem"])
        return lambda values: [element(v) for v in values]
    if name in ("MAP", "MULTISET"):
        key = _nullable(spec["key"] if name == "MAP" else spec["elem"])
        value = _nullable(spec["elem"]) if name == "MAP" else int
        return lambda pairs: {_hashable(key(k)): value(v) for k, v in pairs}
    if name == "ROW":
        return _row_reader(spec["fields"])
    return raiser("TableResult.collect() of a column of type %s" % name, "print() it, or select its parts")


def _nullable(spec):
    read = reader(spec)
    return lambda v: None if v is None else read(v)


def _row_reader(fields):
    names, read = [f["name"] for f in fields], [_nullable(f["type"]) for f in fields]

    def row(values):
        made = Row(*[r(v) for r, v in zip(read, values)])
        made.set_field_names(names)
        return made
    return row


def _hashable(key):
    return tuple(key) if isinstance(key, list) else key
