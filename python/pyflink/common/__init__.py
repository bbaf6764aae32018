"""What table and stream programs have in common."""

from pyflink._weir.missing import REMEDY_DATASTREAM, lazy_names
from pyflink.common.completable_future import CompletableFuture
from pyflink.common.config_options import ConfigOption, ConfigOptions
from pyflink.common.configuration import Configuration
from pyflink.common.execution_config import ExecutionConfig
from pyflink.common.job_client import JobClient
from pyflink.common.job_execution_result import JobExecutionResult
from pyflink.common.job_id import JobID
from pyflink.common.job_status import JobStatus
from pyflink.common.restart_strategy import RestartStrategies, RestartStrategyConfiguration
from pyflink.common.time import Duration, Instant, Time
from pyflink.common.typeinfo import TypeInformation, Types
from pyflink.common.types import Row, RowKind
from pyflink.common.watermark_strategy import AssignerWithPeriodicWatermarksWrapper, WatermarkStrategy

__all__ = [
    "AssignerWithPeriodicWatermarksWrapper", "CompletableFuture", "ConfigOption", "ConfigOptions", "Configuration",
    "Duration", "ExecutionConfig", "Instant", "JobClient", "JobExecutionResult", "JobID", "JobStatus",
    "RestartStrategies", "RestartStrategyConfiguration", "Row", "RowKind", "Time", "TypeInformation", "Types",
    "WatermarkStrategy"]

__getattr__ = lazy_names(__name__, (
    "TypeSerializer", "SerializationSchema", "DeserializationSchema", "SimpleStringSchema", "ByteArraySchema",
    "Encoder", "InputDependencyConstraint", "ExecutionMode", "JsonRowDeserializationSchema",
    "JsonRowSerializationSchema", "CsvRowDeserializationSchema", "CsvRowSerializationSchema",
    "AvroRowDeserializationSchema", "AvroRowSerializationSchema"), REMEDY_DATASTREAM)
