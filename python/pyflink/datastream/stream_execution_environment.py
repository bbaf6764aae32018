"""The stream environment: here, the options that a table program sets through it."""

import os

from pyflink._weir import functions
from pyflink._weir.missing import REMEDY_DATASTREAM, Unsupported
from pyflink.common.configuration import Configuration
from pyflink.common.execution_config import ExecutionConfig
from pyflink.datastream.checkpoint_config import CheckpointConfig
from pyflink.datastream.checkpointing_mode import CheckpointingMode
from pyflink.util.exceptions import TableException

__all__ = ["StreamExecutionEnvironment"]


class StreamExecutionEnvironment(Unsupported):
    """Options of jobs; table environments made with it have them too, also those set later."""

    _weir_missing = {name: REMEDY_DATASTREAM for name in (
        "add_source from_source from_collection create_input read_text_file execute_async get_execution_plan "
        "register_slot_sharing_group register_cached_file from_sequence").split()}

    def __init__(self, configuration=None):
        self._tables = []
        self._configuration = Configuration(configuration, on_change=self._set_option)

    @staticmethod
    def get_execution_environment(configuration=None):
        """An environment with the given options."""
        return StreamExecutionEnvironment(configuration)

    def _attach(self, table_environment):
        self._tables.append(table_environment)

    def _set_option(self, key, value):
        for table_environment in self._tables:
            table_environment.get_config().get_configuration()._set(key, value)

    def _set(self, key, value):
        self._configuration.set_string(key, value)
        return self

    def get_config(self):
        """Settings of jobs."""
        return ExecutionConfig(self._configuration)

    def configure(self, configuration):
        """Takes over options."""
        self._configuration.add_all(configuration)

    def set_parallelism(self, parallelism):
        """Sets the parallelism of jobs."""
        return self._set("parallelism.default", str(parallelism))

    def get_parallelism(self):
        """The parallelism of jobs."""
        return self._configuration.get_integer("parallelism.default", 1)

    def set_max_parallelism(self, max_parallelism):
        """Sets the number of key groups."""
        return self._set("pipeline.max-parallelism", str(max_parallelism))

    def get_max_parallelism(self):
        """The number of key groups, -1 when not set."""
        return self._configuration.get_integer("pipeline.max-parallelism", -1)

    def get_default_local_parallelism(self):
        """The number of processors."""
        return os.cpu_count() or 1

    def set_default_local_parallelism(self, parallelism):
        """As set_parallelism: there is nothing but local here."""
        self.set_parallelism(parallelism)

    def set_runtime_mode(self, execution_mode):
        """Sets streaming or batch."""
        return self._set("execution.runtime-mode", execution_mode.name)

    def set_buffer_timeout(self, timeout_millis):
        """Sets how long rows may wait in a buffer."""
        return self._set("execution.buffer-timeout", "%d ms" % timeout_millis)

    def get_buffer_timeout(self):
        """How long rows may wait in a buffer, in milliseconds."""
        return int(self._configuration.get_string("execution.buffer-timeout", "100 ms").split()[0])

    def disable_operator_chaining(self):
        """Sets that operators run apart."""
        return self._set("pipeline.operator-chaining.enabled", "false")

    def is_chaining_enabled(self):
        """Whether operators run together."""
        return self._configuration.get_boolean("pipeline.operator-chaining.enabled", True)

    def get_checkpoint_config(self):
        """How checkpoints are taken."""
        return CheckpointConfig(self._configuration)

    def enable_checkpointing(self, interval=500, mode=CheckpointingMode.EXACTLY_ONCE):
        """Takes checkpoints each so many milliseconds."""
        self.get_checkpoint_config().set_checkpoint_interval(interval)
        if mode is not None:
            self.get_checkpoint_config().set_checkpointing_mode(mode)
        return self

    def get_checkpoint_interval(self):
        """The interval of checkpoints in milliseconds, -1 when not set."""
        return self.get_checkpoint_config().get_checkpoint_interval()

    def get_checkpointing_mode(self):
        """What a checkpoint guarantees."""
        return self.get_checkpoint_config().get_checkpointing_mode()

    get_checkpointing_consistency_mode = get_checkpointing_mode

    def set_state_backend(self, state_backend):
        """Heeds where the backend's checkpoints go; state is kept by Weir's own store."""
        for key, value in state_backend._options().items():
            self._set(key, value)
        return self

    def enable_changelog_state_backend(self, enabled):
        """Has no effect: state is kept by Weir's own store."""
        return self

    def set_default_savepoint_directory(self, directory):
        """Sets the folder of savepoints."""
        return self._set("state.savepoints.dir", directory)

    def get_default_savepoint_directory(self):
        """The folder of savepoints."""
        return self._configuration.get_string("state.savepoints.dir")

    def set_restart_strategy(self, restart_strategy_configuration):
        """Sets the restart strategy."""
        self.get_config().set_restart_strategy(restart_strategy_configuration)

    def set_stream_time_characteristic(self, characteristic):
        """Has no effect: a table says its notion of time itself, by its watermark."""
        return self

    def get_stream_time_characteristic(self):
        """Event time, as since Flink 1.12."""
        from pyflink.datastream.time_characteristic import TimeCharacteristic
        return TimeCharacteristic.EventTime

    def add_jars(self, *jars_path):
        """Has no effect: connectors and formats are built in."""

    def add_classpaths(self, *classpaths):
        """Has no effect: connectors and formats are built in."""

    def set_python_executable(self, python_exec):
        """Sets the Python of the functions; they run in the program's own here."""
        self._set("python.executable", python_exec)

    def add_python_file(self, file_path):
        """Makes a file or folder importable for the program and its functions."""
        functions.add_path(file_path)

    def set_python_requirements(self, requirements_file_path, requirements_cache_dir=None):
        """Names packages that the functions need: they must be in the program's own Python."""
        functions.check_requirements(requirements_file_path)

    def add_python_archive(self, archive_path, target_dir=None):
        """Unpacks an archive in the functions' working folder."""
        functions.add_archive(archive_path, target_dir)

    def execute(self, job_name=None):
        """Fails as Flink does: DataStream jobs are not run, and table jobs run on their own."""
        raise TableException(
            "No operators defined in streaming topology. Cannot execute. (Table jobs are started by execute_sql(), "
            "execute_insert() and StatementSet.execute(); leave StreamExecutionEnvironment.execute() out.)")

    def close(self):
        """Nothing to do."""
