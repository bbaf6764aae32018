"""Type information of DataStream programs, as far as table programs touch it."""

from pyflink._weir.missing import REMEDY_DATASTREAM, UnsupportedApiError
from pyflink.table.types import DataTypes

__all__ = ["TypeInformation", "Types"]


class TypeInformation(object):
    """A type."""

    def __init__(self, data_type):
        self._data_type = data_type

    def __eq__(self, other):
        return isinstance(other, TypeInformation) and self._data_type == other._data_type

    def __hash__(self):
        return hash(self._data_type)

    def __repr__(self):
        return "TypeInformation(%s)" % self._data_type


class Types(object):
    """Makers of type information."""

    STRING = staticmethod(lambda: TypeInformation(DataTypes.STRING()))
    BYTE = staticmethod(lambda: TypeInformation(DataTypes.TINYINT()))
    BOOLEAN = staticmethod(lambda: TypeInformation(DataTypes.BOOLEAN()))
    SHORT = staticmethod(lambda: TypeInformation(DataTypes.SMALLINT()))
    INT = staticmethod(lambda: TypeInformation(DataTypes.INT()))
    LONG = staticmethod(lambda: TypeInformation(DataTypes.BIGINT()))
    FLOAT = staticmethod(lambda: TypeInformation(DataTypes.FLOAT()))
    DOUBLE = staticmethod(lambda: TypeInformation(DataTypes.DOUBLE()))
    BIG_INT = staticmethod(lambda: TypeInformation(DataTypes.DECIMAL(38, 0)))
    BIG_DEC = staticmethod(lambda: TypeInformation(DataTypes.DECIMAL(38, 18)))
    SQL_DATE = staticmethod(lambda: TypeInformation(DataTypes.DATE()))
    SQL_TIME = staticmethod(lambda: TypeInformation(DataTypes.TIME()))
    SQL_TIMESTAMP = staticmethod(lambda: TypeInformation(DataTypes.TIMESTAMP(3)))
    INSTANT = staticmethod(lambda: TypeInformation(DataTypes.TIMESTAMP_LTZ(3)))
    LIST = staticmethod(lambda t: TypeInformation(DataTypes.ARRAY(t._data_type)))
    BASIC_ARRAY = PRIMITIVE_ARRAY = OBJECT_ARRAY = LIST
    MAP = staticmethod(lambda k, v: TypeInformation(DataTypes.MAP(k._data_type, v._data_type)))

    @staticmethod
    def ROW(field_types):
        """A row of types."""
        return Types.ROW_NAMED(["f%d" % i for i in range(len(field_types))], field_types)

    TUPLE = ROW

    @staticmethod
    def ROW_NAMED(field_names, field_types):
        """A row of named types."""
        return TypeInformation(DataTypes.ROW(
            [DataTypes.FIELD(n, t._data_type) for n, t in zip(field_names, field_types)]))

    @staticmethod
    def PICKLED_BYTE_ARRAY():
        """Pickled values, which only DataStream programs have."""
        raise UnsupportedApiError("Types.PICKLED_BYTE_ARRAY()", REMEDY_DATASTREAM)
