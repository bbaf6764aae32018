"""Flink's Table API."""

from pyflink._weir.missing import lazy_names
from pyflink.common.types import Row, RowKind
from pyflink.table.environment_settings import EnvironmentSettings
from pyflink.table.explain_detail import ExplainDetail
from pyflink.table.expression import Expression
from pyflink.table.result_kind import ResultKind
from pyflink.table.schema import Schema
from pyflink.table.sql_dialect import SqlDialect
from pyflink.table.statement_set import StatementSet
from pyflink.table.table import (
    GroupedTable, GroupWindowedTable, OverWindowedTable, Table, WindowGroupedTable)
from pyflink.table.table_config import TableConfig
from pyflink.table.table_descriptor import FormatDescriptor, TableDescriptor
from pyflink.table.table_environment import (
    BatchTableEnvironment, StreamTableEnvironment, TableEnvironment)
from pyflink.table.table_pipeline import TablePipeline
from pyflink.table.table_result import TableResult
from pyflink.table.table_schema import TableSchema
from pyflink.table.types import DataTypes, UserDefinedType
from pyflink.table.udf import (
    AggregateFunction, AsyncScalarFunction, FunctionContext, ScalarFunction, TableAggregateFunction, TableFunction)

__all__ = [
    "AggregateFunction", "AsyncScalarFunction", "BatchTableEnvironment", "DataTypes", "EnvironmentSettings",
    "ExplainDetail", "Expression", "FormatDescriptor", "FunctionContext", "GroupWindowedTable", "GroupedTable",
    "OverWindowedTable", "ResultKind", "Row", "RowKind", "ScalarFunction", "Schema", "SqlDialect", "StatementSet",
    "StreamTableEnvironment", "Table", "TableAggregateFunction", "TableConfig", "TableDescriptor",
    "TableEnvironment", "TableFunction", "TablePipeline", "TableResult", "TableSchema", "UserDefinedType",
    "WindowGroupedTable"]

__getattr__ = lazy_names(__name__, (
    "DataView", "ListView", "MapView", "Module", "ModuleEntry", "ChangelogMode", "CompiledPlan", "PlanReference",
    "CsvTableSource", "CsvTableSink", "TableSource", "TableSink", "WriteMode", "StreamQueryConfig",
    "BatchQueryConfig"), "use the Table API's other parts or SQL")
