"""An insert that has not been executed yet."""

from pyflink._weir.missing import Unsupported
from pyflink.table.table_result import TableResult

__all__ = ["TablePipeline"]


class TablePipeline(Unsupported):
    """An insert that has not been executed yet."""

    _weir_missing = dict(compile_plan="compiled plans are kept in snapshots only", get_sink_identifier="")

    def __init__(self, t_env, insert):
        self._t_env, self._insert = t_env, insert

    def execute(self):
        """Starts the job."""
        self._t_env._before_execute()
        return TableResult(self._t_env._call("execute_insert", insert=self._insert))

    def explain(self, *extra_details):
        """The plan of the insert."""
        return self._t_env._explain({"statements": [self._insert]}, extra_details)

    def print_explain(self, *extra_details):
        """Prints the plan of the insert."""
        print(self.explain(*extra_details))
