"""The functions of the Expression DSL that do not begin with a value."""

from pyflink._weir.missing import UnsupportedApiError
from pyflink.table.expression import (
    Expression, JsonOnNull, _call, _drop_none, literal, node_of, symbol, type_argument)

__all__ = ["if_then_else", "lit", "col", "range_", "and_", "or_", "not_", "UNBOUNDED_ROW", "UNBOUNDED_RANGE",
           "CURRENT_ROW", "CURRENT_RANGE", "current_database", "current_date", "current_time", "current_timestamp",
           "current_watermark", "local_time", "local_timestamp", "temporal_overlaps", "date_format",
           "timestamp_diff", "array", "row", "map_", "map_from_arrays", "row_interval", "pi", "e", "rand",
           "rand_integer", "atan2", "negative", "concat", "concat_ws", "uuid", "null_of", "log",
           "source_watermark", "with_all_columns", "with_columns", "without_columns", "json", "json_string",
           "json_object", "json_object_agg", "json_array", "json_array_agg", "call", "call_sql", "to_date",
           "to_timestamp", "to_timestamp_ltz", "convert_tz", "from_unixtime", "unix_timestamp", "coalesce", "lag",
           "lead"]


def col(name):
    """A column of the input, or the alias of a window."""
    return Expression({"k": "ref", "name": name})


def lit(v, data_type=None):
    """A literal."""
    return Expression(literal(v, data_type))


def range_(start, end):
    """The columns from start to end, by name or by 1-based index."""
    return _call("range", _column(start), _column(end))


def and_(predicate0, predicate1, *predicates):
    """All predicates hold."""
    return _fold("and", predicate0, predicate1, predicates)


def or_(predicate0, predicate1, *predicates):
    """One of the predicates holds."""
    return _fold("or", predicate0, predicate1, predicates)


def not_(expression):
    """The predicate does not hold."""
    return _call("not", expression)


def timestamp_diff(time_point_unit, time_point1, time_point2):
    """The signed number of units from the first to the second point in time."""
    return _call("timestampDiff", symbol(time_point_unit), time_point1, time_point2)


def row_interval(rows):
    """An interval of rows."""
    return _call("rows", rows)


def null_of(data_type):
    """A NULL of a type."""
    return _call("nullOf", type_argument(data_type))


def log(v, base=None):
    """The logarithm to a base, to e without."""
    return _call("log", v) if base is None else _call("log", base, v)


def if_then_else(condition, if_true, if_false):
    """One of two values by a condition."""
    return _call("ifThenElse", condition, if_true, if_false)


def with_columns(head, *tails):
    """The named columns, for a function of many arguments."""
    return _call("withColumns", *[_column(c) for c in (head,) + tails])


def without_columns(head, *tails):
    """All columns but the named ones."""
    return _call("withoutColumns", *[_column(c) for c in (head,) + tails])


def with_all_columns():
    """All columns."""
    return col("*")


def json_object(on_null=JsonOnNull.NULL, *args):
    """A JSON object of keys and values in turn."""
    return _call("jsonObject", symbol(on_null), *args)


def json_object_agg(on_null, key_expr, value_expr):
    """A JSON object of a group's keys and values."""
    return _call("jsonObjectAgg", symbol(on_null), key_expr, value_expr)


def json_array(on_null=JsonOnNull.ABSENT, *args):
    """A JSON array."""
    return _call("jsonArray", symbol(on_null), *args)


def json_array_agg(on_null, item_expr):
    """A JSON array of a group's values."""
    return _call("jsonArrayAgg", symbol(on_null), item_expr)


def call(f, *args):
    """A call of a function by its name, or of a Python function."""
    if isinstance(f, str):
        return Expression({"k": "func", "name": f, "args": [node_of(a) for a in args]})
    return f(*args)


def call_sql(sql_expression):
    """An expression written in SQL."""
    return Expression({"k": "sql", "text": sql_expression})


def descriptor(*column_names):
    """Columns as an argument of a process table function."""
    raise UnsupportedApiError("pyflink.table.expressions.descriptor()", "write the call in SQL")


def _column(c):
    if isinstance(c, str):
        return col(c)
    return c


def _fold(function, first, second, rest):
    result = _call(function, first, second)
    for predicate in rest:
        result = _call(function, result, predicate)
    return result


def _constant(function):
    def make():
        return _call(function)
    make.__doc__ = "Flink's function %s." % function
    return make


def _function(function):
    def make(*args, **kwargs):
        return _call(function, *_drop_none(list(args) + list(kwargs.values())))
    make.__doc__ = "Flink's function %s." % function
    return make


current_database = _constant("currentDatabase")
current_date = _constant("currentDate")
current_time = _constant("currentTime")
current_timestamp = _constant("currentTimestamp")
local_time = _constant("localTime")
local_timestamp = _constant("localTimestamp")
pi = _constant("pi")
e = _constant("e")
uuid = _constant("uuid")
source_watermark = _constant("sourceWatermark")
current_watermark = _function("currentWatermark")
to_date = _function("toDate")
to_timestamp = _function("toTimestamp")
to_timestamp_ltz = _function("toTimestampLtz")
temporal_overlaps = _function("temporalOverlaps")
date_format = _function("dateFormat")
convert_tz = _function("convertTz")
from_unixtime = _function("fromUnixtime")
unix_timestamp = _function("unixTimestamp")
array = _function("array")
row = _function("row")
map_ = _function("map")
map_from_arrays = _function("mapFromArrays")
rand = _function("rand")
rand_integer = _function("randInteger")
atan2 = _function("atan2")
negative = _function("minusPrefix")
concat = _function("concat")
concat_ws = _function("concatWs")
coalesce = _function("coalesce")
json = _function("json")
json_string = _function("jsonString")
lag = _function("lag")
lead = _function("lead")

UNBOUNDED_ROW = Expression({"k": "sym", "v": "UNBOUNDED_ROW"})
UNBOUNDED_RANGE = Expression({"k": "sym", "v": "UNBOUNDED_RANGE"})
CURRENT_ROW = Expression({"k": "sym", "v": "CURRENT_ROW"})
CURRENT_RANGE = Expression({"k": "sym", "v": "CURRENT_RANGE"})
