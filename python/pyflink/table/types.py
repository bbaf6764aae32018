"""The SQL types as Python objects, and how they travel to the engine."""

import datetime
import decimal

from pyflink._weir.missing import UnsupportedApiError
from pyflink.common.types import Row, RowKind

__all__ = ["DataTypes", "UserDefinedType", "Row", "RowKind"]

MAX_LENGTH = 0x7FFFFFFF


class DataType(object):
    """A SQL type, nullable unless said otherwise."""

    name = ""

    def __init__(self, nullable=True):
        self._nullable = nullable

    def nullable(self):
        """The same type, nullable."""
        return self._with(True)

    def not_null(self):
        """The same type, NOT NULL."""
        return self._with(False)

    def bridged_to(self, conversion_cls):
        """The same type: there are no Java classes to convert to."""
        return self

    def _with(self, nullable):
        other = self.__class__.__new__(self.__class__)
        other.__dict__.update(self.__dict__)
        other._nullable = nullable
        return other

    def _parameters(self):
        return {}

    def _json(self):
        """The type as the engine reads it."""
        out = {"t": self.name}
        out.update(self._parameters())
        if not self._nullable:
            out["notnull"] = True
        return out

    def type_name(self):
        """The type's name in lower case."""
        return self.name.lower()

    def _summary(self):
        return self.name

    def __str__(self):
        return self._summary() + ("" if self._nullable else " NOT NULL")

    def __repr__(self):
        args = ["%s" % v for v in self._parameters().values()]
        return "%s(%s)" % (self.__class__.__name__, ", ".join(args + [str(self._nullable)]))

    def __eq__(self, other):
        return isinstance(other, DataType) and self._json() == other._json()

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(str(self))


class AtomicType(DataType):
    """A type without parts."""


class NumericType(AtomicType):
    """A number."""


class _Sized(AtomicType):
    def __init__(self, length=1, nullable=True):
        super().__init__(nullable)
        self.length = length

    def _parameters(self):
        return {"n": self.length}

    def _summary(self):
        return "%s(%d)" % (self.name, self.length)


class _Timed(AtomicType):
    def __init__(self, precision=6, nullable=True):
        super().__init__(nullable)
        self.precision = precision

    def _parameters(self):
        return {"n": self.precision}

    def _summary(self):
        return "%s(%d)" % (self.name, self.precision)


def _plain(cls_name, sql_name, base, doc):
    return type(cls_name, (base,), {"name": sql_name, "__doc__": doc, "__module__": __name__})


NullType = _plain("NullType", "NULL", DataType, "The type of a bare NULL.")
BooleanType = _plain("BooleanType", "BOOLEAN", AtomicType, "BOOLEAN.")
TinyIntType = _plain("TinyIntType", "TINYINT", NumericType, "TINYINT.")
SmallIntType = _plain("SmallIntType", "SMALLINT", NumericType, "SMALLINT.")
IntType = _plain("IntType", "INT", NumericType, "INT.")
BigIntType = _plain("BigIntType", "BIGINT", NumericType, "BIGINT.")
FloatType = _plain("FloatType", "FLOAT", NumericType, "FLOAT.")
DoubleType = _plain("DoubleType", "DOUBLE", NumericType, "DOUBLE.")
DateType = _plain("DateType", "DATE", AtomicType, "DATE.")
CharType = _plain("CharType", "CHAR", _Sized, "CHAR(n).")
BinaryType = _plain("BinaryType", "BINARY", _Sized, "BINARY(n).")
TimestampType = _plain("TimestampType", "TIMESTAMP", _Timed, "TIMESTAMP(p).")
LocalZonedTimestampType = _plain(
    "LocalZonedTimestampType", "TIMESTAMP_LTZ", _Timed, "TIMESTAMP_LTZ(p).")


class TimeType(_Timed):
    """TIME(p)."""

    name = "TIME"

    def __init__(self, precision=0, nullable=True):
        super().__init__(precision, nullable)


class VarCharType(_Sized):
    """VARCHAR(n), STRING when n is the greatest length."""

    name = "VARCHAR"

    def _summary(self):
        return "STRING" if self.length == MAX_LENGTH else "VARCHAR(%d)" % self.length


class VarBinaryType(_Sized):
    """VARBINARY(n), BYTES when n is the greatest length."""

    name = "VARBINARY"

    def _summary(self):
        return "BYTES" if self.length == MAX_LENGTH else "VARBINARY(%d)" % self.length


class DecimalType(NumericType):
    """DECIMAL(p, s)."""

    name = "DECIMAL"

    def __init__(self, precision=10, scale=0, nullable=True):
        super().__init__(nullable)
        self.precision, self.scale = precision, scale

    def _parameters(self):
        return {"n": self.precision, "s": self.scale}

    def _summary(self):
        return "DECIMAL(%d, %d)" % (self.precision, self.scale)


class Resolution(object):
    """A field of an interval and its precision."""

    def __init__(self, unit, precision=-1):
        self.unit, self.precision = unit, precision

    def __str__(self):
        return self.unit


class YearMonthIntervalType(AtomicType):
    """INTERVAL YEAR TO MONTH."""

    name = "INTERVAL_YM"

    def _summary(self):
        return "INTERVAL YEAR TO MONTH"


class DayTimeIntervalType(AtomicType):
    """INTERVAL DAY TO SECOND(3)."""

    name = "INTERVAL_DS"

    def _summary(self):
        return "INTERVAL DAY TO SECOND(3)"


class _Collection(DataType):
    def __init__(self, element_type, nullable=True):
        super().__init__(nullable)
        self.element_type = element_type

    def _parameters(self):
        return {"elem": _to_json(self.element_type)}

    def _summary(self):
        return "%s<%s>" % (self.name, self.element_type)


ArrayType = _plain("ArrayType", "ARRAY", _Collection, "ARRAY<t>.")
ListViewType = _plain("ListViewType", "ARRAY", _Collection, "The type of a ListView.")
MultisetType = _plain("MultisetType", "MULTISET", _Collection, "MULTISET<t>.")


class MapType(DataType):
    """MAP<k, v>."""

    name = "MAP"

    def __init__(self, key_type, value_type, nullable=True):
        super().__init__(nullable)
        self.key_type, self.value_type = key_type, value_type

    def _parameters(self):
        return {"key": _to_json(self.key_type), "elem": _to_json(self.value_type)}

    def _summary(self):
        return "MAP<%s, %s>" % (self.key_type, self.value_type)


class RowField(object):
    """A named field of a ROW."""

    def __init__(self, name, data_type, description=None):
        self.name, self.data_type, self.description = name, data_type, description

    def __eq__(self, other):
        return isinstance(other, RowField) and (self.name, self.data_type) == (other.name, other.data_type)

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return "RowField(%s, %s)" % (self.name, self.data_type)


class RowType(DataType):
    """ROW<f t, …>."""

    name = "ROW"

    def __init__(self, fields=None, nullable=True):
        super().__init__(nullable)
        self.fields = list(fields or [])
        self.names = [f.name for f in self.fields]

    def add(self, field, data_type=None):
        """Adds a field."""
        if not isinstance(field, RowField):
            field = RowField(field, data_type)
        self.fields.append(field)
        self.names.append(field.name)
        return self

    def field_names(self):
        """The fields' names."""
        return list(self.names)

    def field_types(self):
        """The fields' types."""
        return [f.data_type for f in self.fields]

    def _parameters(self):
        return {"fields": [{"name": f.name, "type": _to_json(f.data_type)} for f in self.fields]}

    def _summary(self):
        return "ROW<%s>" % ", ".join("`%s` %s" % (f.name, f.data_type) for f in self.fields)

    def __len__(self):
        return len(self.fields)

    def __iter__(self):
        return iter(self.fields)

    def __getitem__(self, key):
        return self.fields[self.names.index(key) if isinstance(key, str) else key]


class UserDefinedType(DataType):
    """A type of the user's own, which Weir does not run."""

    def __init__(self, *args, **kwargs):
        raise UnsupportedApiError("pyflink.table.types.UserDefinedType")


class _SqlType(DataType):
    """A type written as SQL, read by the engine."""

    def __init__(self, text):
        super().__init__(True)
        self.text = text

    def _json(self):
        return {"t": "SQL", "text": self.text}

    def __str__(self):
        return self.text


class DataTypes(object):
    """Makers of types."""

    NULL = staticmethod(lambda: NullType())
    CHAR = staticmethod(lambda length, nullable=True: CharType(length, nullable))
    VARCHAR = staticmethod(lambda length, nullable=True: VarCharType(length, nullable))
    STRING = staticmethod(lambda nullable=True: VarCharType(MAX_LENGTH, nullable))
    BOOLEAN = staticmethod(lambda nullable=True: BooleanType(nullable))
    BINARY = staticmethod(lambda length, nullable=True: BinaryType(length, nullable))
    VARBINARY = staticmethod(lambda length, nullable=True: VarBinaryType(length, nullable))
    BYTES = staticmethod(lambda nullable=True: VarBinaryType(MAX_LENGTH, nullable))
    DECIMAL = staticmethod(lambda precision, scale, nullable=True: DecimalType(precision, scale, nullable))
    TINYINT = staticmethod(lambda nullable=True: TinyIntType(nullable))
    SMALLINT = staticmethod(lambda nullable=True: SmallIntType(nullable))
    INT = staticmethod(lambda nullable=True: IntType(nullable))
    BIGINT = staticmethod(lambda nullable=True: BigIntType(nullable))
    FLOAT = staticmethod(lambda nullable=True: FloatType(nullable))
    DOUBLE = staticmethod(lambda nullable=True: DoubleType(nullable))
    DATE = staticmethod(lambda nullable=True: DateType(nullable))
    TIME = staticmethod(lambda precision=0, nullable=True: TimeType(precision, nullable))
    TIMESTAMP = staticmethod(lambda precision=6, nullable=True: TimestampType(precision, nullable))
    TIMESTAMP_LTZ = staticmethod(
        lambda precision=6, nullable=True: LocalZonedTimestampType(precision, nullable))
    TIMESTAMP_WITH_LOCAL_TIME_ZONE = TIMESTAMP_LTZ
    ARRAY = staticmethod(lambda element_type, nullable=True: ArrayType(element_type, nullable))
    LIST_VIEW = staticmethod(lambda element_type: ListViewType(element_type))
    MAP = staticmethod(lambda key_type, value_type, nullable=True: MapType(key_type, value_type, nullable))
    MAP_VIEW = staticmethod(lambda key_type, value_type: MapType(key_type, value_type))
    MULTISET = staticmethod(lambda element_type, nullable=True: MultisetType(element_type, nullable))

    @staticmethod
    def ROW(row_fields=None, nullable=True):
        """ROW of fields, or of types named f0, f1, …"""
        fields = [f if isinstance(f, RowField) else RowField("f%d" % i, f)
                  for i, f in enumerate(row_fields or [])]
        return RowType(fields, nullable)

    @staticmethod
    def FIELD(name, data_type, description=None):
        """A field of a ROW."""
        return RowField(name, data_type, description)

    YEAR = staticmethod(lambda precision=2: Resolution("YEAR", precision))
    MONTH = staticmethod(lambda: Resolution("MONTH"))
    DAY = staticmethod(lambda precision=2: Resolution("DAY", precision))
    HOUR = staticmethod(lambda: Resolution("HOUR"))
    MINUTE = staticmethod(lambda: Resolution("MINUTE"))
    SECOND = staticmethod(lambda precision=6: Resolution("SECOND", precision))

    @staticmethod
    def INTERVAL(upper_resolution, lower_resolution=None):
        """An interval type over the given fields."""
        if upper_resolution.unit in ("YEAR", "MONTH"):
            return YearMonthIntervalType()
        return DayTimeIntervalType()


def _to_json(data_type):
    """The engine's form of a type given as a DataType or as SQL text."""
    if isinstance(data_type, str):
        return {"t": "SQL", "text": data_type}
    return data_type._json()


_ATOMS = {c.name: c for c in (NullType, BooleanType, TinyIntType, SmallIntType, IntType, BigIntType, FloatType,
                              DoubleType, DateType, YearMonthIntervalType, DayTimeIntervalType)}
_ONE_PARAMETER = {c.name: c for c in (CharType, VarCharType, BinaryType, VarBinaryType, TimeType, TimestampType,
                                      LocalZonedTimestampType)}


def _from_json(spec):
    """The DataType of the engine's form."""
    name, nullable = spec["t"], not spec.get("notnull", False)
    if name in _ATOMS:
        return _ATOMS[name](nullable)
    if name in _ONE_PARAMETER:
        return _ONE_PARAMETER[name](spec.get("n", 0), nullable)
    if name == "DECIMAL":
        return DecimalType(spec.get("n", 10), spec.get("s", 0), nullable)
    if name in ("ARRAY", "MULTISET"):
        return (ArrayType if name == "ARRAY" else MultisetType)(_from_json(spec["elem"]), nullable)
    if name == "MAP":
        return MapType(_from_json(spec["key"]), _from_json(spec["elem"]), nullable)
    if name == "ROW":
        return RowType([RowField(f["name"], _from_json(f["type"])) for f in spec.get("fields", [])], nullable)
    return _SqlType(spec.get("text", name))


def _infer_type(value):
    """The type of a Python value, None for None."""
    if value is None:
        return None
    for cls, data_type in _INFERENCES:
        if isinstance(value, cls):
            return data_type
    if isinstance(value, Row):
        names = getattr(value, "_fields", None) or ["_%d" % (i + 1) for i in range(len(value))]
        return RowType([RowField(n, _infer_type(v) or NullType()) for n, v in zip(names, value)])
    if isinstance(value, dict):
        for k, v in value.items():
            if k is not None and v is not None:
                return MapType(_infer_type(k), _infer_type(v))
        return MapType(NullType(), NullType())
    if isinstance(value, (list, set)):
        for v in value:
            if v is not None:
                return ArrayType(_infer_type(v))
        return ArrayType(NullType())
    if isinstance(value, tuple):
        return RowType([RowField("_%d" % (i + 1), _infer_type(v) or NullType()) for i, v in enumerate(value)])
    raise TypeError("not supported type: %s" % type(value))


_INFERENCES = (
    (bool, BooleanType()), (int, BigIntType()), (float, DoubleType()), (str, VarCharType(MAX_LENGTH)),
    ((bytes, bytearray), VarBinaryType(MAX_LENGTH)), (decimal.Decimal, DecimalType(38, 18)),
    (datetime.datetime, TimestampType(6)), (datetime.date, DateType()), (datetime.time, TimeType(0)),
    (datetime.timedelta, DayTimeIntervalType()),
)
