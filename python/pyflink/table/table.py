"""Tables: trees of relational operations, which the engine plans as it plans SQL."""

from pyflink._weir.client import call
from pyflink._weir.missing import UnsupportedApiError, missing_attribute
from pyflink.table.expression import Expression
from pyflink.table.expressions import col
from pyflink.table.table_schema import ResolvedSchema, TableSchema
from pyflink.table.window import GroupWindow, OverWindow, _expression, _expressions

__all__ = ["Table", "GroupedTable", "GroupWindowedTable", "OverWindowedTable", "WindowGroupedTable"]

_ROW_BASED = "write it with select() and scalar functions, or in SQL"
_PROCESS = "write it in SQL"


def _nodes(values):
    return [e._node for e in _expressions(values)]


class Table(object):
    """A query: what it gives is computed when it is executed."""

    _weir_missing = dict(
        map=_ROW_BASED, flat_map=_ROW_BASED, aggregate=_ROW_BASED, flat_aggregate=_ROW_BASED,
        to_changelog=_PROCESS, from_changelog=_PROCESS, partition_by=_PROCESS, process=_PROCESS,
        as_argument=_PROCESS, left_outer_join_temporal="write FOR SYSTEM_TIME AS OF in SQL",
        create_temporal_table_function="write FOR SYSTEM_TIME AS OF in SQL", insert="use execute_insert()")

    def __init__(self, tree, t_env, columns=None):
        self._tree = tree
        self._t_env = t_env
        # asking for the columns has the engine check the query, so that an
        # error stands at the line of the program that made it
        self._columns = columns if columns is not None else t_env._call("schema", tree=tree)["columns"]

    def _on(self, op, **arguments):
        arguments["op"], arguments["in"] = op, self._tree
        return Table(arguments, self._t_env)

    def __str__(self):
        if "sql" in self._tree:
            return self._tree["sql"]
        return "UnnamedTable$%x" % id(self)

    def __getattr__(self, name):
        if not name.startswith("_") and any(c["name"] == name for c in self.__dict__.get("_columns", ())):
            return col(name)
        return missing_attribute(self, name)

    def select(self, *fields):
        """SELECT: the given expressions of each row, or of all rows if they aggregate."""
        return self._on("select", exprs=_nodes(fields))

    def alias(self, field, *fields):
        """Renames the first columns."""
        names = [n.strip() for f in (field,) + fields for n in f.split(",")]
        return self._on("alias", names=names)

    def filter(self, predicate):
        """WHERE: the rows for which the predicate holds."""
        return self._on("filter", cond=_expression(predicate)._node)

    def where(self, predicate):
        """WHERE, as filter."""
        return self.filter(predicate)

    def group_by(self, *fields):
        """GROUP BY: what select() then aggregates."""
        return GroupedTable(self, _nodes(fields))

    def distinct(self):
        """SELECT DISTINCT."""
        return self._on("distinct")

    def _join(self, kind, right, predicate):
        on = None if predicate is None else _expression(predicate)._node
        return self._on("join", kind=kind, right=right._tree, on=on)

    def join(self, right, join_predicate=None):
        """INNER JOIN; the columns of both must have different names."""
        return self._join("inner", right, join_predicate)

    def left_outer_join(self, right, join_predicate=None):
        """LEFT JOIN."""
        return self._join("left", right, join_predicate)

    def right_outer_join(self, right, join_predicate):
        """RIGHT JOIN."""
        return self._join("right", right, join_predicate)

    def full_outer_join(self, right, join_predicate):
        """FULL JOIN."""
        return self._join("full", right, join_predicate)

    def _lateral(self, kind, function, predicate):
        on = None if predicate is None else _expression(predicate)._node
        call_node = _expression(function)._node if isinstance(function, (str, Expression)) else function()._node
        return self._on("lateral", kind=kind, call=call_node, on=on)

    def join_lateral(self, table_function_call, join_predicate=None):
        """Joins each row with what a table function makes of it."""
        return self._lateral("inner", table_function_call, join_predicate)

    def left_outer_join_lateral(self, table_function_call, join_predicate=None):
        """As join_lateral, keeping rows of which the function makes nothing."""
        return self._lateral("left", table_function_call, join_predicate)

    def _set(self, kind, all_, right):
        return self._on("set", kind=kind, all=all_, right=right._tree)

    def minus(self, right):
        """EXCEPT."""
        return self._set("except", False, right)

    def minus_all(self, right):
        """EXCEPT ALL."""
        return self._set("except", True, right)

    def union(self, right):
        """UNION."""
        return self._set("union", False, right)

    def union_all(self, right):
        """UNION ALL."""
        return self._set("union", True, right)

    def intersect(self, right):
        """INTERSECT."""
        return self._set("intersect", False, right)

    def intersect_all(self, right):
        """INTERSECT ALL."""
        return self._set("intersect", True, right)

    def order_by(self, *fields):
        """ORDER BY."""
        return self._on("order_by", exprs=_nodes(fields))

    def offset(self, offset):
        """OFFSET n ROWS."""
        return self._on("offset", n=offset)

    def fetch(self, fetch):
        """FETCH FIRST n ROWS ONLY."""
        return self._on("fetch", n=fetch)

    def limit(self, fetch, offset=0):
        """OFFSET and FETCH together."""
        return self.offset(offset).fetch(fetch) if offset else self.fetch(fetch)

    def window(self, window):
        """Assigns rows to group windows; group_by() must name the window."""
        if not isinstance(window, GroupWindow):
            raise TypeError("a finished group window is needed: Tumble.over(...).on(...).alias(...)")
        return GroupWindowedTable(self, window)

    def over_window(self, *over_windows):
        """Declares over windows for over() in select()."""
        if not all(isinstance(w, OverWindow) for w in over_windows):
            raise TypeError("finished over windows are needed: Over.order_by(...).alias(...)")
        return OverWindowedTable(self, over_windows)

    def add_columns(self, *fields):
        """The columns and the given ones after them."""
        return self._on("add_columns", exprs=_nodes(fields))

    def add_or_replace_columns(self, *fields):
        """As add_columns; a column of the same name is replaced."""
        return self._on("add_or_replace_columns", exprs=_nodes(fields))

    def rename_columns(self, *fields):
        """Renames columns: col("a").alias("b")."""
        return self._on("rename_columns", exprs=_nodes(fields))

    def drop_columns(self, *fields):
        """The columns but the given ones."""
        return self._on("drop_columns", exprs=_nodes(fields))

    def to_pandas(self):
        """All rows as a pandas DataFrame."""
        try:
            import pandas
        except ImportError:
            raise UnsupportedApiError("Table.to_pandas() without pandas", "install pandas in the program's Python")
        with self.execute().collect() as rows:
            return pandas.DataFrame.from_records([list(r) for r in rows], columns=[c["name"] for c in self._columns])

    def get_schema(self):
        """The columns."""
        return TableSchema._of(self._columns)

    def get_resolved_schema(self):
        """The columns."""
        return ResolvedSchema._of(self._columns)

    def print_schema(self):
        """Prints the columns as a tree."""
        lines = "".join("  `%s` %s,\n" % (c["name"], c["text"]) for c in self._columns).rstrip(",\n")
        print("(\n%s\n)" % lines)

    def execute_insert(self, table_path_or_descriptor, overwrite=False):
        """Starts a job that writes the rows into a table."""
        return self.insert_into(table_path_or_descriptor, overwrite).execute()

    def insert_into(self, table_path_or_descriptor, overwrite=False):
        """An insert that can be executed, explained, or added to a statement set."""
        from pyflink.table.table_pipeline import TablePipeline
        return TablePipeline(self._t_env, self._t_env._insert(self, table_path_or_descriptor, overwrite))

    def execute(self):
        """Starts a job that gives the rows."""
        from pyflink.table.table_result import TableResult
        self._t_env._before_execute()
        return TableResult(self._t_env._call("execute", tree=self._tree))

    def explain(self, *extra_details):
        """The plan of the query."""
        return self._t_env._explain({"tree": self._tree}, extra_details)

    def print_explain(self, *extra_details):
        """Prints the plan of the query."""
        print(self.explain(*extra_details))


class _Intermediate(object):
    """A table of which the next operation is needed to have rows."""

    _weir_missing = dict(aggregate=_ROW_BASED, flat_aggregate=_ROW_BASED)

    def __getattr__(self, name):
        return missing_attribute(self, name)


class GroupedTable(_Intermediate):
    """A table with its groups."""

    def __init__(self, table, keys):
        self._table, self._keys = table, keys

    def select(self, *fields):
        """The given expressions of each group."""
        return self._table._on("aggregate", keys=self._keys, window=None, exprs=_nodes(fields))


class GroupWindowedTable(_Intermediate):
    """A table with its group window."""

    def __init__(self, table, window):
        self._table, self._window = table, window

    def group_by(self, *fields):
        """Groups by the window, which must be among the fields, and others."""
        return WindowGroupedTable(self._table, self._window, _nodes(fields))


class WindowGroupedTable(_Intermediate):
    """A table with its windows and groups."""

    def __init__(self, table, window, keys):
        self._table, self._window, self._keys = table, window, keys

    def select(self, *fields):
        """The given expressions of each window and group."""
        return self._table._on("aggregate", keys=self._keys, window=self._window._json(), exprs=_nodes(fields))


class OverWindowedTable(_Intermediate):
    """A table with its over windows."""

    def __init__(self, table, windows):
        self._table, self._windows = table, windows

    def select(self, *fields):
        """The given expressions of each row and the rows around it."""
        return self._table._on("over", windows=[w._json() for w in self._windows], exprs=_nodes(fields))
