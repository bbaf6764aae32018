"""Rows and the kinds of change they are."""

from enum import Enum


class RowKind(Enum):
    """The kind of change a row is."""

    INSERT = 0
    UPDATE_BEFORE = 1
    UPDATE_AFTER = 2
    DELETE = 3

    def __str__(self):
        return ("+I", "-U", "+U", "-D")[self.value]


class Row(object):
    """A row: values by position, and by name where the fields are named.

    ``Row(1, "a")`` is by position, ``Row(id=1, name="a")`` by name, and
    ``Row("id", "name")`` called with values makes rows of those names.
    """

    def __init__(self, *args, **kwargs):
        if args and kwargs:
            raise ValueError("Can not use both args and kwargs to create Row")
        if kwargs:
            self._fields = list(kwargs)
            self._values = list(kwargs.values())
        else:
            self._values = list(args)
        self._kind = RowKind.INSERT

    def as_dict(self, recursive=False):
        """The row as a dict by field name; rows inside it too if recursive."""
        if not hasattr(self, "_fields"):
            raise TypeError("Cannot convert a Row without field names into a dict")

        def plain(value):
            if isinstance(value, Row):
                return value.as_dict(True)
            if isinstance(value, list):
                return [plain(v) for v in value]
            if isinstance(value, dict):
                return {k: plain(v) for k, v in value.items()}
            return value
        return dict(zip(self._fields, (plain(v) for v in self._values) if recursive else self._values))

    def get_row_kind(self):
        """The kind of change."""
        return self._kind

    def set_row_kind(self, row_kind):
        """Sets the kind of change."""
        self._kind = row_kind

    def set_field_names(self, field_names):
        """Names the fields."""
        self._fields = list(field_names)

    def get_fields_by_names(self, names):
        """A row of the named fields, in the order of ``names``."""
        if not hasattr(self, "_fields") or names == self._fields:
            return self
        return _row_of([self[name] for name in names], names, self._kind)

    @staticmethod
    def of_kind(row_kind, *args, **kwargs):
        """A row of the given kind."""
        row = Row(*args, **kwargs)
        row.set_row_kind(row_kind)
        return row

    def __contains__(self, item):
        return item in self._values

    def __getitem__(self, item):
        if isinstance(item, (int, slice)):
            return self._values[item]
        try:
            return self._values[self._fields.index(item)]
        except (AttributeError, ValueError):
            raise KeyError(item)

    def __setitem__(self, key, value):
        if isinstance(key, (int, slice)):
            self._values[key] = value
            return
        try:
            self._values[self._fields.index(key)] = value
        except (AttributeError, ValueError):
            raise KeyError(key)

    def __getattr__(self, item):
        if item.startswith("_"):
            raise AttributeError(item)
        try:
            return self._values[self._fields.index(item)]
        except (AttributeError, ValueError):
            raise AttributeError(item)

    def __setattr__(self, key, value):
        if key in ("_fields", "_values", "_kind"):
            self.__dict__[key] = value
        else:
            self[key] = value

    def __call__(self, *args):
        """Makes a row whose field names are this row's values."""
        if len(args) > len(self._values):
            raise ValueError("Can not create Row with fields %s, expected %d values but got %s" % (
                self._values, len(self._values), args))
        return _row_of(args, self._values)

    def __reduce__(self):
        return _row_of, (self._values, getattr(self, "_fields", None), self._kind)

    def __eq__(self, other):
        return (isinstance(other, Row) and self._values == other._values and self._kind == other._kind
                and getattr(self, "_fields", None) == getattr(other, "_fields", None))

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(tuple(map(_hashable, self._values)))

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def __repr__(self):
        if hasattr(self, "_fields"):
            return "Row(%s)" % ", ".join("%s=%r" % kv for kv in zip(self._fields, self._values))
        return "<Row(%s)>" % ", ".join(repr(v) for v in self._values)

    def __str__(self):
        if hasattr(self, "_fields"):
            return repr(self)
        return "<Row(%s)>" % ", ".join(repr(v) for v in self._values)


def _row_of(values, names=None, kind=None):
    row = Row(*values)
    if names is not None:
        row._fields = list(names)
    if kind is not None:
        row._kind = kind
    return row


def _hashable(value):
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    if isinstance(value, dict):
        return frozenset((k, _hashable(v)) for k, v in value.items())
    return value
