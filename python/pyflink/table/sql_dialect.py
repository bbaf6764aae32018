"""The dialects of SQL."""

from enum import Enum


class SqlDialect(Enum):
    """A dialect of SQL; Weir has Flink's own."""

    DEFAULT = 0
    HIVE = 1
