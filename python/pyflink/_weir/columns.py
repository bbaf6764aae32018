"""Columns as bytes, in Arrow's layout, and as lists of Python values.

A column is a head (flags and the number of rows), a validity bitmap when some
row is NULL (least significant bit first, in words of 64), and then by type:
values of fixed width; 32-bit offsets and bytes; offsets and children; or a
child per field. Everything is little-endian. BOOLEAN is a byte a value. A
constant column has one row and stands for any number.
"""

import array
import datetime
import decimal
import itertools
import struct
import sys

from pyflink.common.types import Row

_HEAD = struct.Struct("<BxxxI")
_CONSTANT, _NULLS = 1, 2

_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_MICRO = datetime.timedelta(microseconds=1)

_FIXED = {"BOOLEAN": "b", "TINYINT": "b", "SMALLINT": "h", "INT": "i", "BIGINT": "q", "FLOAT": "f", "DOUBLE": "d",
          "DATE": "i", "TIME": "i", "TIMESTAMP": "q", "TIMESTAMP_LTZ": "q", "INTERVAL_YM": "i", "INTERVAL_DS": "q"}

if sys.byteorder != "little" or array.array("i").itemsize != 4:
    raise ImportError("Python functions need a little-endian machine")


class Cursor(object):
    """A place in a frame's bytes."""

    def __init__(self, data):
        self._view, self._at = memoryview(data), 0

    def take(self, n):
        """The next n bytes."""
        part = self._view[self._at:self._at + n]
        self._at += n
        return part

    def ints(self, n):
        """The next n 32-bit numbers."""
        return self.take(4 * n).cast("i").tolist()


def time_zone(name):
    """The zone of a name, for TIMESTAMP_LTZ."""
    if not name or name in ("UTC", "Z", "default"):
        return datetime.timezone.utc
    try:
        from zoneinfo import ZoneInfo
        return ZoneInfo(name)
    except ImportError:  # before Python 3.9
        try:
            import pytz
        except ImportError:
            raise ImportError("the time zone %s needs Python 3.9, or pytz" % name)
        return pytz.timezone(name)


def reader(spec, zone):
    """A function of a Cursor and a number of rows that gives that many values."""
    body = _body_reader(spec, zone)

    def read(cursor, rows):
        flags, n = _HEAD.unpack(cursor.take(_HEAD.size))
        valid = cursor.take((n + 63) // 64 * 8) if flags & _NULLS else None
        values = body(cursor, n)
        if valid is not None:
            _blank(values, valid, n)
        return itertools.repeat(values[0], rows) if flags & _CONSTANT else values
    return read


def _blank(values, valid, n):
    bits = bin(int.from_bytes(valid, "little") | 1 << n)[:2:-1]  # LSB first, n characters
    i = bits.find("0")
    while i >= 0:
        values[i] = None
        i = bits.find("0", i + 1)


def _body_reader(spec, zone):
    name = spec["t"]
    if name == "DECIMAL":
        return _decimals(spec)
    if name in _FIXED:
        return _fixed(_FIXED[name], _from_fixed(spec, zone))
    if name in ("CHAR", "VARCHAR"):
        return _strings
    if name in ("BINARY", "VARBINARY"):
        return _bytes
    if name == "ARRAY":
        element = reader(spec["elem"], zone)
        return lambda cursor, n: _lists(cursor, n, element)
    if name in ("MAP", "MULTISET"):
        key = reader(spec["key"] if name == "MAP" else spec["elem"], zone)
        value = reader(spec["elem"] if name == "MAP" else {"t": "INT"}, zone)
        return lambda cursor, n: _maps(cursor, n, key, value)
    if name == "ROW":
        return _rows(spec, zone)
    if name == "NULL":
        return lambda cursor, n: [None] * n
    raise TypeError("values of type %s cannot be given to a Python function" % name)


def _fixed(code, convert):
    size = array.array(code).itemsize

    def read(cursor, n):
        values = array.array(code)
        values.frombytes(cursor.take(size * n))
        values = values.tolist()
        return list(map(convert, values)) if convert else values
    return read


def _from_fixed(spec, zone):
    name = spec["t"]
    if name == "BOOLEAN":
        return bool
    if name == "DATE":
        return lambda days: _tolerant(datetime.date.fromordinal, days + _EPOCH_DAY)
    if name == "TIME":
        return lambda ms: (_EPOCH + datetime.timedelta(milliseconds=ms)).time()
    if name == "INTERVAL_DS":
        return lambda ms: datetime.timedelta(milliseconds=ms)
    if name == "TIMESTAMP":
        micros = _to_micros(spec)
        return lambda v: _tolerant(_EPOCH.__add__, datetime.timedelta(microseconds=micros(v)))
    if name == "TIMESTAMP_LTZ":
        micros = _to_micros(spec)
        start = _EPOCH.replace(tzinfo=datetime.timezone.utc)
        return lambda v: (start + datetime.timedelta(microseconds=micros(v))).astimezone(zone)
    return None


def _tolerant(make, value):
    # what a NULL's slot holds is anything; it is blanked afterwards
    try:
        return make(value)
    except (OverflowError, ValueError):
        return None


def _to_micros(spec):
    precision = spec.get("n", 6)
    if precision <= 3:
        return lambda v: v * 1000
    if precision <= 6:
        return lambda v: v
    return lambda v: v // 1000


def _decimals(spec):
    scale = -spec.get("s", 0)
    context = decimal.Context(prec=40)
    if spec.get("n", 10) <= 18:
        return _fixed("q", lambda v: decimal.Decimal(v).scaleb(scale, context))

    def read(cursor, n):
        data = cursor.take(16 * n)
        return [decimal.Decimal(int.from_bytes(data[i:i + 16], "little", signed=True)).scaleb(scale, context)
                for i in range(0, 16 * n, 16)]
    return read


def _strings(cursor, n):
    offsets = cursor.ints(n + 1)
    data = cursor.take(offsets[-1])
    text = str(data, "utf-8", "replace")
    if len(text) == len(data):  # ASCII: offsets in bytes are offsets in characters
        return [text[a:b] for a, b in zip(offsets, offsets[1:])]
    return [str(data[a:b], "utf-8", "replace") for a, b in zip(offsets, offsets[1:])]


def _bytes(cursor, n):
    offsets = cursor.ints(n + 1)
    data = bytes(cursor.take(offsets[-1]))
    return [data[a:b] for a, b in zip(offsets, offsets[1:])]


def _lists(cursor, n, element):
    offsets = cursor.ints(n + 1)
    values = element(cursor, offsets[-1])
    return [values[a:b] for a, b in zip(offsets, offsets[1:])]


def _maps(cursor, n, key, value):
    offsets = cursor.ints(n + 1)
    keys, values = key(cursor, offsets[-1]), value(cursor, offsets[-1])
    return [dict(zip(keys[a:b], values[a:b])) for a, b in zip(offsets, offsets[1:])]


def _rows(spec, zone):
    names = [f["name"] for f in spec["fields"]]
    fields = [reader(f["type"], zone) for f in spec["fields"]]

    def make(*values):
        row = Row(*values)
        row.set_field_names(names)
        return row

    def read(cursor, n):
        return list(map(make, *[field(cursor, n) for field in fields])) if fields else [make() for _ in range(n)]
    return read


def writer(spec, zone):
    """A function of a list of values that gives the column's bytes, in parts."""
    body, blank = _body_writer(spec, zone)

    def write(values):
        n = len(values)
        try:
            # what is not NULL is no error, except that bool(None) is False
            if spec["t"] != "BOOLEAN" or None not in values:
                return [_HEAD.pack(0, n)] + body(values)
        except (TypeError, ValueError, AttributeError, decimal.InvalidOperation):
            if None not in values:
                raise
        bits = "".join(["0" if v is None else "1" for v in values])[::-1]
        valid = int(bits, 2).to_bytes((n + 63) // 64 * 8, "little")
        return [_HEAD.pack(_NULLS, n), valid] + body([blank if v is None else v for v in values])
    return write


def _body_writer(spec, zone):
    name = spec["t"]
    if name == "DECIMAL":
        return _decimal_writer(spec)
    if name in _FIXED:
        return _fixed_writer(spec, _FIXED[name], _to_fixed(spec, zone))
    if name in ("CHAR", "VARCHAR"):
        return _write_strings, ""
    if name in ("BINARY", "VARBINARY"):
        return lambda values: _with_offsets([bytes(v) for v in values]), b""
    if name == "ARRAY":
        element = writer(spec["elem"], zone)
        return (lambda values: _offsets(values) + element(list(itertools.chain.from_iterable(values)))), []
    if name == "MAP":
        key, value = writer(spec["key"], zone), writer(spec["elem"], zone)
        return (lambda values: _offsets(values) + key([k for v in values for k in v])
                + value([x for v in values for x in v.values()])), {}
    if name == "ROW":
        return _row_writer(spec, zone)
    raise TypeError("a Python function cannot return values of type %s" % name)


def _fixed_writer(spec, code, convert):
    def write(values):
        try:
            return [array.array(code, map(convert, values) if convert else values).tobytes()]
        except (TypeError, ValueError, OverflowError, AttributeError):
            _blame(spec, values, lambda v: array.array(code, [convert(v) if convert else v]))
            raise
    return write, _BLANKS.get(spec["t"], 0)


_BLANKS = {"DATE": datetime.date(1970, 1, 1), "TIME": datetime.time(), "TIMESTAMP": _EPOCH,
           "TIMESTAMP_LTZ": _EPOCH, "INTERVAL_DS": datetime.timedelta(0)}


def _blame(spec, values, convert):
    """Raises for the first value that is not of the type."""
    for value in values:
        try:
            convert(value)
        except (TypeError, ValueError, OverflowError, AttributeError, decimal.InvalidOperation):
            raise TypeError("the function returned %r, which is no %s" % (value, spec["t"])) from None


def _to_fixed(spec, zone):
    name = spec["t"]
    if name == "BOOLEAN":
        return bool
    if name == "DATE":
        return lambda v: v.toordinal() - _EPOCH_DAY
    if name == "TIME":
        return lambda v: ((v.hour * 60 + v.minute) * 60 + v.second) * 1000 + v.microsecond // 1000
    if name == "INTERVAL_DS":
        return lambda v: v // datetime.timedelta(milliseconds=1)
    if name in ("TIMESTAMP", "TIMESTAMP_LTZ"):
        scale = _from_micros(spec)
        local = name == "TIMESTAMP_LTZ"
        return lambda v: scale((_plain_utc(v, zone if local else None) - _EPOCH) // _MICRO)
    return None


def _plain_utc(value, zone):
    if zone is None:
        return value.replace(tzinfo=None)
    if value.tzinfo is None:
        value = zone.localize(value) if hasattr(zone, "localize") else value.replace(tzinfo=zone)
    return value.astimezone(datetime.timezone.utc).replace(tzinfo=None)


def _from_micros(spec):
    precision = spec.get("n", 6)
    if precision <= 3:
        return lambda v: v // 1000
    if precision <= 6:
        return lambda v: v
    return lambda v: v * 1000


def _decimal_writer(spec):
    precision, quantum = spec.get("n", 10), decimal.Decimal(1).scaleb(-spec.get("s", 0))
    context = decimal.Context(prec=76, rounding=decimal.ROUND_HALF_UP)
    limit, scale = 10 ** precision, spec.get("s", 0)
    width = 8 if precision <= 18 else 16

    def unscaled(v):
        if not isinstance(v, decimal.Decimal):
            v = decimal.Decimal(v if isinstance(v, int) else str(v))
        n = int(v.quantize(quantum, context=context).scaleb(scale, context))
        return n if -limit < n < limit else None

    def write(values):
        try:
            numbers = [unscaled(v) for v in values]
        except (TypeError, ValueError, decimal.InvalidOperation):
            _blame(spec, values, unscaled)
            raise
        if None in numbers:
            _blame(spec, values, lambda v: unscaled(v) + 0)
        return [b"".join([n.to_bytes(width, "little", signed=True) for n in numbers])]
    return write, 0


def _write_strings(values):
    try:
        text = "".join(values)
    except TypeError:
        _blame({"t": "VARCHAR"}, values, "".__add__)
        raise
    data = text.encode("utf-8", "replace")
    if len(data) == len(text):
        return [_offsets(values)[0], data]
    return _with_offsets([v.encode("utf-8", "replace") for v in values])


def _with_offsets(values):
    return [_offsets(values)[0], b"".join(values)]


def _offsets(values):
    offsets = array.array("i", [0])
    offsets.extend(itertools.accumulate(map(len, values)))
    return [offsets.tobytes()]


def _row_writer(spec, zone):
    fields = [(f["name"], writer(f["type"], zone)) for f in spec["fields"]]

    def write(values):
        parts = []
        columns = list(zip(*[_fields_of(v, fields) for v in values])) or [()] * len(fields)
        for (_, write_field), column in zip(fields, columns):
            parts.extend(write_field(list(column)))
        return parts
    return write, (None,) * len(fields)


def _fields_of(value, fields):
    if isinstance(value, dict):
        return [value.get(name) for name, _ in fields]
    if len(value) != len(fields):
        raise TypeError("the function returned a row of %d fields instead of %d" % (len(value), len(fields)))
    if isinstance(value, Row) and getattr(value, "_fields", None) and set(value._fields) == {n for n, _ in fields}:
        return [value[name] for name, _ in fields]
    return list(value)
