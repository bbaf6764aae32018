"""Inserts that run as one job."""

from pyflink._weir.missing import REMEDY_DATASTREAM, Unsupported
from pyflink.table.table_pipeline import TablePipeline
from pyflink.table.table_result import TableResult

__all__ = ["StatementSet"]


class StatementSet(Unsupported):
    """Inserts that run as one job."""

    _weir_missing = dict(attach_as_datastream=REMEDY_DATASTREAM,
                         compile_plan="compiled plans are kept in snapshots only")

    def __init__(self, t_env):
        self._t_env, self._statements = t_env, []

    def add(self, table_pipeline):
        """Adds an insert."""
        if not isinstance(table_pipeline, TablePipeline):
            raise TypeError("a TablePipeline is needed: table.insert_into(...)")
        self._statements.append(table_pipeline._insert)
        return self

    def add_insert_sql(self, stmt):
        """Adds an INSERT statement."""
        statement = {"sql": stmt}
        self._t_env._call("check_insert", statement=statement)
        self._statements.append(statement)
        return self

    def add_insert(self, target_path_or_descriptor, table, overwrite=False):
        """Adds an insert of a table's rows."""
        self._statements.append(self._t_env._insert(table, target_path_or_descriptor, overwrite))
        return self

    def explain(self, *extra_details):
        """The plan of the job."""
        return self._t_env._explain({"statements": self._statements}, extra_details)

    def print_explain(self, *extra_details):
        """Prints the plan of the job."""
        print(self.explain(*extra_details))

    def execute(self):
        """Starts the job. A set without inserts starts none, and is no error."""
        statements, self._statements = self._statements, []
        if not statements:
            return TableResult._empty()
        self._t_env._before_execute()
        return TableResult(self._t_env._call("execute_statement_set", statements=statements))
