"""Tables of Python values."""

from pyflink.common.types import Row
from pyflink.table.expression import plain
from pyflink.table.types import (
    ArrayType, DataType, DataTypes, MapType, NullType, RowType, _infer_type, _to_json)


def values_tree(elements, schema):
    """The tree of a table of the given rows."""
    rows = [_cells(e) for e in elements]
    names, types = _columns(elements, rows, schema)
    for i, row in enumerate(rows):
        if len(row) != len(names):
            raise ValueError("element %d has %d values, the schema %d columns" % (i, len(row), len(names)))
    return {"op": "values",
            "columns": [{"name": n, "type": _to_json(t)} for n, t in zip(names, types)],
            "rows": [[cell(v, t) for v, t in zip(row, types)] for row in rows]}


def _cells(element):
    if isinstance(element, (Row, tuple, list)):
        return list(element)
    if isinstance(element, dict):
        return [element[k] for k in sorted(element)]
    return [element]


def _columns(elements, rows, schema):
    width = len(rows[0]) if rows else 0
    if isinstance(schema, RowType):
        return schema.field_names(), schema.field_types()
    if isinstance(schema, DataType):
        return ["f0"], [schema]
    schema = list(schema) if schema is not None else []
    if schema and isinstance(schema[0], DataType):
        return ["f%d" % i for i in range(len(schema))], schema
    names = schema
    if not names and rows:
        first = next(iter(elements))
        names = getattr(first, "_fields", None) or (sorted(first) if isinstance(first, dict) else None)
    names = list(names or ["_%d" % (i + 1) for i in range(width)])
    if not rows:
        raise ValueError("the types of no rows cannot be told: give a schema with types")
    return names, [_column_type([r[i] for r in rows if i < len(r)], n) for i, n in enumerate(names)]


def _column_type(values, name):
    merged = None
    for value in values:
        merged = _merge(merged, _infer_type(value), name)
    if merged is None:
        raise ValueError("the type of column %r cannot be told: all its values are None" % name)
    return merged


def _merge(a, b, name):
    if a is None or isinstance(a, NullType):
        return b if b is not None else a
    if b is None or isinstance(b, NullType) or a == b:
        return a
    if {str(a), str(b)} == {"BIGINT", "DOUBLE"}:
        return DataTypes.DOUBLE()
    if isinstance(a, ArrayType) and isinstance(b, ArrayType):
        return ArrayType(_merge(a.element_type, b.element_type, name))
    if isinstance(a, MapType) and isinstance(b, MapType):
        return MapType(_merge(a.key_type, b.key_type, name), _merge(a.value_type, b.value_type, name))
    if isinstance(a, RowType) and isinstance(b, RowType) and a.names == b.names:
        return DataTypes.ROW([DataTypes.FIELD(n, _merge(x, y, name))
                              for n, x, y in zip(a.names, a.field_types(), b.field_types())])
    raise TypeError("column %r has values of %s and of %s" % (name, a, b))


def cell(value, data_type):
    """A value as JSON carries it, by its type."""
    if value is None:
        return None
    if isinstance(data_type, ArrayType):
        return [cell(v, data_type.element_type) for v in value]
    if isinstance(data_type, MapType):
        return [[cell(k, data_type.key_type), cell(v, data_type.value_type)] for k, v in value.items()]
    if isinstance(data_type, RowType):
        values = [value[n] for n in data_type.names] if isinstance(value, dict) else list(value)
        return [cell(v, t) for v, t in zip(values, data_type.field_types())]
    return plain(value)
