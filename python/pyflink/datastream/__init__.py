"""Flink's stream environment, for the options that table programs set through it.

The DataStream API itself is not run by Weir; its names can be imported and
fail by name when used.
"""

from pyflink._weir.missing import REMEDY_DATASTREAM, lazy_names
from pyflink.datastream.checkpoint_config import (
    CheckpointConfig, ExternalizedCheckpointCleanup, ExternalizedCheckpointRetention)
from pyflink.datastream.checkpointing_mode import CheckpointingMode
from pyflink.datastream.execution_mode import RuntimeExecutionMode
from pyflink.datastream.state_backend import (
    CheckpointStorage, EmbeddedRocksDBStateBackend, FileSystemCheckpointStorage, FsStateBackend,
    HashMapStateBackend, JobManagerCheckpointStorage, MemoryStateBackend, RocksDBStateBackend, StateBackend)
from pyflink.datastream.stream_execution_environment import StreamExecutionEnvironment
from pyflink.datastream.time_characteristic import TimeCharacteristic

__all__ = [
    "CheckpointConfig", "CheckpointStorage", "CheckpointingMode", "EmbeddedRocksDBStateBackend",
    "ExternalizedCheckpointCleanup", "ExternalizedCheckpointRetention", "FileSystemCheckpointStorage",
    "FsStateBackend", "HashMapStateBackend", "JobManagerCheckpointStorage", "MemoryStateBackend",
    "RocksDBStateBackend", "RuntimeExecutionMode", "StateBackend", "StreamExecutionEnvironment",
    "TimeCharacteristic"]

__getattr__ = lazy_names(__name__, """
DataStream KeyedStream WindowedStream AllWindowedStream ConnectedStreams BroadcastStream BroadcastConnectedStream
AsyncDataStream DataStreamSink MapFunction CoMapFunction FlatMapFunction CoFlatMapFunction ReduceFunction
FilterFunction ProcessFunction KeyedProcessFunction CoProcessFunction KeyedCoProcessFunction WindowFunction
AllWindowFunction ProcessWindowFunction ProcessAllWindowFunction AggregateFunction BroadcastProcessFunction
KeyedBroadcastProcessFunction AsyncFunction RuntimeContext TimerService CustomStateBackend PredefinedOptions
CustomCheckpointStorage Window TimeWindow CountWindow GlobalWindow WindowAssigner MergingWindowAssigner
TriggerResult Trigger TimeDomain KeySelector Partitioner SourceFunction SinkFunction SlotSharingGroup MemorySize
OutputTag AsyncRetryPredicate AsyncRetryStrategy
""".split(), REMEDY_DATASTREAM)
