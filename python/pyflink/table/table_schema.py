"""The names and types of a table's columns."""

from pyflink.table.types import DataTypes, RowType, _from_json

__all__ = ["TableSchema"]


class TableSchema(object):
    """The names and types of a table's columns."""

    def __init__(self, field_names=None, data_types=None):
        self._names = list(field_names or [])
        self._types = list(data_types or [])

    @classmethod
    def _of(cls, columns):
        schema = cls([c["name"] for c in columns], [_from_json(c["type"]) for c in columns])
        schema._columns = columns
        return schema

    def copy(self):
        """The same schema."""
        return TableSchema(self._names, self._types)

    def get_field_data_types(self):
        """The types, in order."""
        return list(self._types)

    def get_field_data_type(self, field):
        """The type of a column by name or index, None if there is none."""
        try:
            return self._types[field if isinstance(field, int) else self._names.index(field)]
        except (ValueError, IndexError):
            return None

    def get_field_count(self):
        """The number of columns."""
        return len(self._names)

    def get_field_names(self):
        """The names, in order."""
        return list(self._names)

    def get_field_name(self, field_index):
        """The name of a column by index, None if there is none."""
        return self._names[field_index] if 0 <= field_index < len(self._names) else None

    def to_row_data_type(self):
        """The schema as a ROW type."""
        return DataTypes.ROW([DataTypes.FIELD(n, t) for n, t in zip(self._names, self._types)])

    def __repr__(self):
        return "root\n" + "".join(" |-- %s: %s\n" % nt for nt in zip(self._names, self._types))

    def __eq__(self, other):
        return isinstance(other, TableSchema) and (self._names, self._types) == (other._names, other._types)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(tuple(self._names))

    class Builder(object):
        """Builds a TableSchema."""

        def __init__(self):
            self._names, self._types = [], []

        def field(self, name, data_type):
            """Adds a column."""
            self._names.append(name)
            self._types.append(data_type)
            return self

        def build(self):
            """The schema."""
            return TableSchema(self._names, self._types)

    @classmethod
    def builder(cls):
        """A builder of schemas."""
        return TableSchema.Builder()


class Column(object):
    """A column of a ResolvedSchema."""

    def __init__(self, name, data_type):
        self._name, self._type = name, data_type

    def get_name(self):
        """The name."""
        return self._name

    def get_data_type(self):
        """The type."""
        return self._type

    def as_summary_string(self):
        """`name` TYPE."""
        return "`%s` %s" % (self._name, self._type)

    def __str__(self):
        return self.as_summary_string()


class ResolvedSchema(object):
    """The columns of a table."""

    def __init__(self, columns=None):
        self._columns = list(columns or [])

    @classmethod
    def _of(cls, columns):
        return cls([Column(c["name"], _from_json(c["type"])) for c in columns])

    def get_column_count(self):
        """The number of columns."""
        return len(self._columns)

    def get_columns(self):
        """The columns."""
        return list(self._columns)

    def get_column_names(self):
        """The names."""
        return [c.get_name() for c in self._columns]

    def get_column_data_types(self):
        """The types."""
        return [c.get_data_type() for c in self._columns]

    def get_column(self, column_index_or_name):
        """A column by index or name, None if there is none."""
        if isinstance(column_index_or_name, int):
            return self._columns[column_index_or_name] if column_index_or_name < len(self._columns) else None
        return next((c for c in self._columns if c.get_name() == column_index_or_name), None)

    def to_physical_row_data_type(self):
        """The schema as a ROW type."""
        return RowType([DataTypes.FIELD(c.get_name(), c.get_data_type()) for c in self._columns])

    def __str__(self):
        return "(\n  " + ",\n  ".join(map(str, self._columns)) + "\n)"
