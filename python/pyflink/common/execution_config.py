"""The execution configuration of a StreamExecutionEnvironment."""

from pyflink._weir.missing import Unsupported

__all__ = ["ExecutionConfig"]


class ExecutionConfig(Unsupported):
    """Settings of a job, kept as options of its configuration."""

    _weir_missing = {name: "" for name in (
        "add_default_kryo_serializer", "register_type", "register_pojo_type", "register_kryo_type",
        "enable_force_kryo", "enable_force_avro", "set_global_job_parameters", "get_global_job_parameters")}

    def __init__(self, configuration):
        self._configuration = configuration

    def _set(self, key, value):
        self._configuration.set_string(key, value)
        return self

    def set_parallelism(self, parallelism):
        """Sets the job's parallelism."""
        return self._set("parallelism.default", str(parallelism))

    def get_parallelism(self):
        """The job's parallelism."""
        return self._configuration.get_integer("parallelism.default", 1)

    def set_max_parallelism(self, max_parallelism):
        """Sets the number of key groups."""
        return self._set("pipeline.max-parallelism", str(max_parallelism))

    def get_max_parallelism(self):
        """The number of key groups, -1 when not set."""
        return self._configuration.get_integer("pipeline.max-parallelism", -1)

    def set_auto_watermark_interval(self, interval):
        """Sets the interval of watermarks in milliseconds."""
        return self._set("pipeline.auto-watermark-interval", "%d ms" % interval)

    def get_auto_watermark_interval(self):
        """The interval of watermarks in milliseconds."""
        return int(self._configuration.get_string("pipeline.auto-watermark-interval", "200 ms").split()[0])

    def set_restart_strategy(self, restart_strategy_configuration):
        """Sets the restart strategy."""
        for key, value in restart_strategy_configuration._options.items():
            self._set(key, value)
        return self

    def enable_object_reuse(self):
        """Nothing to do: batches are always shared."""
        return self

    def disable_object_reuse(self):
        """Nothing to do: operators never see each other's changes."""
        return self

    def enable_closure_cleaner(self):
        """Nothing to do."""
        return self

    def disable_closure_cleaner(self):
        """Nothing to do."""
        return self

    def set_latency_tracking_interval(self, interval):
        """Sets the interval of latency markers in milliseconds."""
        return self._set("metrics.latency.interval", "%d ms" % interval)
