"""A schema to declare a table with."""

from pyflink.table.expression import Expression
from pyflink.table.types import DataType

__all__ = ["Schema"]


def quote(name):
    """An identifier in back-ticks."""
    return "`" + name.replace("`", "``") + "`"


def quote_path(path):
    """A path a.b.c with each part in back-ticks; parts already quoted stay."""
    if "`" in path:
        return path
    return ".".join(quote(part) for part in path.split("."))


def string_literal(text):
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def _sql(expression):
    if not isinstance(expression, Expression):
        return expression
    node = expression._node
    if node["k"] != "sql":
        raise ValueError("write the expression in SQL: a string, or call_sql(...)")
    return node["text"]


class Schema(object):
    """Columns, watermark and primary key of a table to be declared."""

    def __init__(self, parts=()):
        self._parts = list(parts)

    def _ddl(self):
        return "(\n  " + ",\n  ".join(self._parts) + "\n)" if self._parts else ""

    def __str__(self):
        return self._ddl()

    def __eq__(self, other):
        return isinstance(other, Schema) and self._parts == other._parts

    def __hash__(self):
        return hash(tuple(self._parts))

    class Builder(object):
        """Builds a Schema."""

        def __init__(self):
            self._parts = []

        def from_schema(self, unresolved_schema):
            """Adds the columns of another schema."""
            self._parts.extend(unresolved_schema._parts)
            return self

        def from_row_data_type(self, data_type):
            """Adds the fields of a ROW type."""
            return self.from_fields(data_type.field_names(), data_type.field_types())

        def from_fields(self, field_names, field_data_types):
            """Adds columns of the given names and types."""
            for name, data_type in zip(field_names, field_data_types):
                self.column(name, data_type)
            return self

        def column(self, column_name, data_type):
            """Adds a physical column."""
            self._parts.append("%s %s" % (quote(column_name), data_type))
            return self

        def column_by_expression(self, column_name, expr):
            """Adds a computed column."""
            self._parts.append("%s AS %s" % (quote(column_name), _sql(expr)))
            return self

        def column_by_metadata(self, column_name, data_type, metadata_key=None, is_virtual=False):
            """Adds a metadata column."""
            text = "%s %s METADATA" % (quote(column_name), data_type)
            if metadata_key:
                text += " FROM " + string_literal(metadata_key)
            self._parts.append(text + (" VIRTUAL" if is_virtual else ""))
            return self

        def watermark(self, column_name, watermark_expr):
            """Declares the event-time column."""
            self._parts.append("WATERMARK FOR %s AS %s" % (quote(column_name), _sql(watermark_expr)))
            return self

        def primary_key(self, *column_names):
            """Declares the primary key."""
            return self.primary_key_named("", *column_names)

        def primary_key_named(self, constraint_name, *column_names):
            """Declares the primary key under a name."""
            head = "CONSTRAINT %s " % quote(constraint_name) if constraint_name else ""
            self._parts.append(head + "PRIMARY KEY (%s) NOT ENFORCED" % ", ".join(map(quote, column_names)))
            return self

        def build(self):
            """The schema."""
            return Schema(self._parts)

    @staticmethod
    def new_builder():
        """A builder of schemas."""
        return Schema.Builder()


def type_text(data_type):
    """A type as SQL text."""
    return str(data_type) if isinstance(data_type, DataType) else data_type
