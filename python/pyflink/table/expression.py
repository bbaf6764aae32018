"""Expressions of the Table API: trees of references, literals and calls.

A call carries the name that Flink's own definitions have for the function
(``charLength``, ``timestampDiff``); what it is in SQL is the engine's affair.
"""

import base64
import datetime
import decimal
from enum import Enum

from pyflink.common.types import Row
from pyflink.table.types import (
    BigIntType, CharType, DataType, DataTypes, DecimalType, IntType, _infer_type, _to_json)

__all__ = ["Expression", "TimeIntervalUnit", "TimePointUnit", "JsonType", "JsonExistsOnError",
           "JsonValueOnEmptyOrError", "JsonQueryWrapper", "JsonQueryOnEmptyOrError", "JsonOnNull"]


class TimeIntervalUnit(Enum):
    """The unit of an interval, of EXTRACT, FLOOR and CEIL."""

    YEAR = 0
    YEAR_TO_MONTH = 1
    QUARTER = 2
    MONTH = 3
    WEEK = 4
    DAY = 5
    DAY_TO_HOUR = 6
    DAY_TO_MINUTE = 7
    DAY_TO_SECOND = 8
    HOUR = 9
    SECOND = 10
    HOUR_TO_MINUTE = 11
    HOUR_TO_SECOND = 12
    MINUTE = 13
    MINUTE_TO_SECOND = 14


class TimePointUnit(Enum):
    """The unit of a difference of points in time."""

    YEAR = 0
    MONTH = 1
    DAY = 2
    HOUR = 3
    MINUTE = 4
    SECOND = 5
    QUARTER = 6
    WEEK = 7
    MILLISECOND = 8
    MICROSECOND = 9


class JsonType(Enum):
    """What IS JSON asks for."""

    VALUE = 0
    SCALAR = 1
    ARRAY = 2
    OBJECT = 3


class JsonExistsOnError(Enum):
    """What JSON_EXISTS gives for a failure."""

    TRUE = 0
    FALSE = 1
    UNKNOWN = 2
    ERROR = 3


class JsonValueOnEmptyOrError(Enum):
    """What JSON_VALUE gives for nothing or a failure."""

    NULL = 0
    ERROR = 1
    DEFAULT = 2


class JsonQueryWrapper(Enum):
    """How JSON_QUERY wraps what it found."""

    WITHOUT_ARRAY = 0
    CONDITIONAL_ARRAY = 1
    UNCONDITIONAL_ARRAY = 2


class JsonQueryOnEmptyOrError(Enum):
    """What JSON_QUERY gives for nothing or a failure."""

    NULL = 0
    EMPTY_ARRAY = 1
    EMPTY_OBJECT = 2
    ERROR = 3


class JsonOnNull(Enum):
    """What the JSON constructors do with NULL."""

    NULL = 0
    ABSENT = 1


class Expression(object):
    """A value to be computed from a row, or from a group of rows."""

    def __init__(self, node):
        self._node = node

    def __lt__(self, other):
        return _call("lessThan", self, other)

    def __gt__(self, other):
        return _call("greaterThan", self, other)

    def __le__(self, other):
        return _call("lessThanOrEqual", self, other)

    def __ge__(self, other):
        return _call("greaterThanOrEqual", self, other)

    def __eq__(self, other):
        return _call("equals", self, other)

    def __ne__(self, other):
        return _call("notEquals", self, other)

    def __hash__(self):
        return id(self)

    def __and__(self, other):
        return _call("and", self, other)

    def __rand__(self, other):
        return _call("and", other, self)

    def __or__(self, other):
        return _call("or", self, other)

    def __ror__(self, other):
        return _call("or", other, self)

    def __invert__(self):
        return _call("not", self)

    def __neg__(self):
        return _call("minusPrefix", self)

    def __add__(self, other):
        return _call("plus", self, other)

    def __radd__(self, other):
        return _call("plus", other, self)

    def __sub__(self, other):
        return _call("minus", self, other)

    def __rsub__(self, other):
        return _call("minus", other, self)

    def __mul__(self, other):
        return _call("times", self, other)

    def __rmul__(self, other):
        return _call("times", other, self)

    def __truediv__(self, other):
        return _call("divide", self, other)

    def __rtruediv__(self, other):
        return _call("divide", other, self)

    def __mod__(self, other):
        return _call("mod", self, other)

    def __rmod__(self, other):
        return _call("mod", other, self)

    def __pow__(self, other):
        return _call("power", self, other)

    def __rpow__(self, other):
        return _call("power", other, self)

    def __getitem__(self, index):
        return self.at(index)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self.get(name)

    def __str__(self):
        return summary(self._node)

    def __repr__(self):
        return "Expression(%s)" % self

    def alias(self, name, *extra_names):
        """Names the value; several names for a value of several columns."""
        return Expression({"k": "as", "x": self._node, "names": [name] + list(extra_names)})

    def cast(self, data_type):
        """CAST(self AS data_type)."""
        return _call("cast", self, type_argument(data_type))

    def try_cast(self, data_type):
        """TRY_CAST(self AS data_type)."""
        return _call("tryCast", self, type_argument(data_type))

    def over(self, alias):
        """The aggregate over the named over window."""
        window = alias._node["name"] if isinstance(alias, Expression) else alias
        return Expression({"k": "over", "x": self._node, "window": window})

    def log(self, base=None):
        """The logarithm to a base, to e without."""
        return _call("log", self) if base is None else _call("log", base, self)

    def in_(self, first_element_or_table, *remaining_elements):
        """Whether the value is one of the elements, or in the one column of a table."""
        tree = getattr(first_element_or_table, "_tree", None)
        if tree is not None:
            return Expression({"k": "call", "fn": "in", "args": [self._node, {"k": "table", "tree": tree}]})
        return _call("in", self, first_element_or_table, *remaining_elements)

    def extract(self, time_interval_unit):
        """A field of a date, time or interval."""
        return _call("extract", self, symbol(time_interval_unit))

    def floor(self, time_interval_unit=None):
        """The greatest integer, or unit of time, not above."""
        return _call("floor", self, *_optional(symbol(time_interval_unit)))

    def ceil(self, time_interval_unit=None):
        """The least integer, or unit of time, not below."""
        return _call("ceil", self, *_optional(symbol(time_interval_unit)))

    def get(self, name_or_index):
        """A field of a row."""
        return Expression({"k": "get", "x": self._node, "field": name_or_index})

    @property
    def to_date(self):
        """CAST(self AS DATE)."""
        return self.cast(DataTypes.DATE())

    @property
    def to_time(self):
        """CAST(self AS TIME)."""
        return self.cast(DataTypes.TIME())

    @property
    def to_timestamp(self):
        """CAST(self AS TIMESTAMP(3))."""
        return self.cast(DataTypes.TIMESTAMP(3))

    def truncate(self, n=0):
        """The number cut to n decimal places."""
        return _call("truncate", self, n)

    def is_json(self, json_type=None):
        """Whether the text is JSON, of a kind."""
        return _call("isJson", self, *_optional(symbol(json_type)))

    def json_exists(self, path, on_error=None):
        """Whether the path finds something in the JSON text."""
        return _call("jsonExists", self, path, *_optional(symbol(on_error)))

    def json_value(self, path, returning_type=DataTypes.STRING(), on_empty=JsonValueOnEmptyOrError.NULL,
                   default_on_empty=None, on_error=JsonValueOnEmptyOrError.NULL, default_on_error=None):
        """The scalar that the path finds in the JSON text."""
        return _call("jsonValue", self, path, type_argument(returning_type), symbol(on_empty), default_on_empty,
                     symbol(on_error), default_on_error)

    def json_query(self, path, wrapping_behavior=JsonQueryWrapper.WITHOUT_ARRAY,
                   on_empty=JsonQueryOnEmptyOrError.NULL, on_error=JsonQueryOnEmptyOrError.NULL):
        """The JSON that the path finds in the JSON text."""
        return _call("jsonQuery", self, path, symbol(wrapping_behavior), symbol(on_empty), symbol(on_error))


def camel(name):
    """The name that Flink's definitions have for a Python name: init_cap is initCap."""
    head, *tail = name.split("_")
    return head + "".join(w[:1].upper() + w[1:] for w in tail)


#: Functions of one value, spelt as properties.
PROPERTIES = """
exp log10 log2 ln cosh sinh sin cos tan cot asin acos atan tanh degrees radians sqrt abs sign is_null is_not_null
is_true is_false is_not_true is_not_false distinct sum sum0 min max count avg first_value last_value stddev_pop
stddev_samp var_pop var_samp collect array_agg asc desc start end bin hex unhex char_length upper_case lower_case
init_cap from_base64 to_base64 ascii chr is_valid_utf8 make_valid_utf8 reverse flatten cardinality element map_keys
map_values map_entries rowtime proctime year years quarter quarters month months week weeks day days hour hours minute
minutes second seconds milli millis md5 sha1 sha224 sha256 sha384 sha512
""".split()

#: Functions spelt as methods: arguments as they come, None left out.
METHODS = """
round concat between not_between then if_null list_agg percentile starts_with ends_with substring substr trim_leading
trim_trailing trim replace translate like similar position lpad rpad overlay regexp regexp_count regexp_replace
regexp_extract regexp_extract_all regexp_instr regexp_substr decode encode left right instr locate url_decode
url_encode inet_aton inet_ntoa parse_url printf ltrim rtrim btrim repeat split_index str_to_map elt at array_append
array_contains array_distinct array_position array_prepend array_remove array_reverse array_slice array_sort
array_union array_concat array_max array_join array_min array_except array_intersect split map_union sha2
json_quote json_unquote
""".split()


def _define_functions():
    def make_property(function):
        return property(lambda self: _call(function, self), doc="Flink's function %s." % function)

    def make_method(function):
        def method(self, *args, **kwargs):
            return _call(function, self, *_drop_none(list(args) + list(kwargs.values())))
        method.__doc__ = "Flink's function %s." % function
        return method

    for name in PROPERTIES:
        setattr(Expression, name, make_property(camel(name)))
    for name in METHODS:
        method = make_method(camel(name))
        method.__name__ = name
        setattr(Expression, name, method)


def _drop_none(values):
    while values and values[-1] is None:
        values.pop()
    return values


def _optional(value):
    return () if value is None else (value,)


def symbol(unit):
    """A keyword as an argument, from an Enum or its name."""
    if unit is None:
        return None
    name = unit.name if isinstance(unit, Enum) else str(unit).upper()
    return Expression({"k": "sym", "v": name})


def type_argument(data_type):
    """A type as an argument, from a DataType or SQL text."""
    if not isinstance(data_type, (DataType, str)):
        raise TypeError("a DataType is needed, not %r" % (data_type,))
    return Expression({"k": "type", "type": _to_json(data_type)})


def _call(function, *args):
    return Expression({"k": "call", "fn": function, "args": [node_of(a) for a in args]})


def node_of(value):
    """The tree of an Expression, or of a Python value as a literal."""
    if isinstance(value, Expression):
        return value._node
    return literal(value)


def literal(value, data_type=None):
    """The tree of a literal."""
    if isinstance(value, Expression):
        return value._node
    if data_type is None and isinstance(value, (list, tuple, dict, Row)):
        return _composite(value)
    if data_type is None and value is not None:
        data_type = _literal_type(value)
    spec = {"t": "NULL"} if data_type is None else _to_json(data_type)
    if spec["t"] in ("ARRAY", "MAP", "ROW") and value is not None:
        return {"k": "call", "fn": "cast", "args": [_composite(value), {"k": "type", "type": spec}]}
    return {"k": "lit", "type": spec, "v": plain(value)}


def _literal_type(value):
    if isinstance(value, bool):
        return DataTypes.BOOLEAN(False)
    if isinstance(value, int):
        return IntType(False) if -2 ** 31 <= value < 2 ** 31 else BigIntType(False)
    if isinstance(value, str):
        return CharType(len(value), False)
    if isinstance(value, decimal.Decimal):
        digits, exponent = len(value.as_tuple().digits), value.as_tuple().exponent
        scale = max(0, -exponent)
        return DecimalType(max(digits + max(0, exponent), scale, 1), scale, False)
    return _infer_type(value).not_null()


def _composite(value):
    if isinstance(value, dict):
        args = [literal(x) for pair in value.items() for x in pair]
        return {"k": "call", "fn": "map", "args": args}
    function = "array" if isinstance(value, list) else "row"
    return {"k": "call", "fn": function, "args": [literal(v) for v in value]}


def plain(value):
    """A Python value as JSON carries it; its SQL type goes beside it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value == value and value not in (float("inf"), float("-inf")) else repr(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value // datetime.timedelta(milliseconds=1)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if hasattr(value, "item"):  # a scalar of numpy
        return plain(value.item())
    raise TypeError("%r cannot be a literal" % (value,))


def summary(node):
    """An expression's text, near to what Flink prints."""
    kind = node["k"]
    if kind == "ref":
        return node["name"]
    if kind == "lit":
        return "'%s'" % node["v"] if isinstance(node["v"], str) else str(node["v"])
    if kind == "as":
        return "as(%s, %s)" % (summary(node["x"]), ", ".join(node["names"]))
    if kind == "get":
        return "get(%s, %s)" % (summary(node["x"]), node["field"])
    if kind == "over":
        return "over(%s, %s)" % (summary(node["x"]), node["window"])
    if kind == "call":
        return "%s(%s)" % (node["fn"], ", ".join(summary(a) for a in node["args"]))
    if kind in ("func", "py"):
        name = node["name"] if kind == "func" else node["def"]["name"]
        return "%s(%s)" % (name, ", ".join(summary(a) for a in node["args"]))
    return str(node.get("v") or node.get("text") or node.get("type"))


_define_functions()
