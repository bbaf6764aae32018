"""How checkpoints are taken."""

from enum import Enum

from pyflink.datastream.checkpointing_mode import CheckpointingMode

__all__ = ["CheckpointConfig", "ExternalizedCheckpointCleanup", "ExternalizedCheckpointRetention"]


class ExternalizedCheckpointRetention(Enum):
    """What becomes of the last checkpoint when a job is cancelled."""

    DELETE_ON_CANCELLATION = 0
    RETAIN_ON_CANCELLATION = 1
    NO_EXTERNALIZED_CHECKPOINTS = 2


ExternalizedCheckpointCleanup = ExternalizedCheckpointRetention

_PREFIX = "execution.checkpointing."


def _millis(text):
    """The milliseconds of an option's text: 500, 500 ms, 10 s, 1 min."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = text[len(number):].strip()
    return int(number) * {"": 1, "ms": 1, "s": 1000, "sec": 1000, "min": 60000, "m": 60000, "h": 3600000}[unit]


class CheckpointConfig(object):
    """How checkpoints are taken: options of the job."""

    DEFAULT_MODE = CheckpointingMode.EXACTLY_ONCE
    DEFAULT_TIMEOUT = 10 * 60 * 1000
    DEFAULT_MIN_PAUSE_BETWEEN_CHECKPOINTS = 0
    DEFAULT_MAX_CONCURRENT_CHECKPOINTS = 1

    def __init__(self, configuration):
        self._configuration = configuration

    def _set(self, key, value):
        self._configuration.set_string(_PREFIX + key, value)
        return self

    def _get_millis(self, key, default):
        text = self._configuration.get_string(_PREFIX + key)
        return default if text is None else _millis(text)

    def is_checkpointing_enabled(self):
        """Whether an interval is set."""
        return self.get_checkpoint_interval() > 0

    def get_checkpointing_mode(self):
        """What a checkpoint guarantees."""
        return CheckpointingMode[self._configuration.get_string(_PREFIX + "mode", "EXACTLY_ONCE").upper()]

    def set_checkpointing_mode(self, checkpointing_mode):
        """Sets what a checkpoint guarantees."""
        return self._set("mode", checkpointing_mode.name)

    def get_checkpoint_interval(self):
        """The interval in milliseconds, -1 when not set."""
        return self._get_millis("interval", -1)

    def set_checkpoint_interval(self, checkpoint_interval):
        """Sets the interval in milliseconds."""
        return self._set("interval", "%d ms" % checkpoint_interval)

    def get_checkpoint_timeout(self):
        """How long a checkpoint may take, in milliseconds."""
        return self._get_millis("timeout", self.DEFAULT_TIMEOUT)

    def set_checkpoint_timeout(self, checkpoint_timeout):
        """Sets how long a checkpoint may take, in milliseconds."""
        return self._set("timeout", "%d ms" % checkpoint_timeout)

    def get_min_pause_between_checkpoints(self):
        """The pause after a checkpoint in milliseconds."""
        return self._get_millis("min-pause", 0)

    def set_min_pause_between_checkpoints(self, min_pause_between_checkpoints):
        """Sets the pause after a checkpoint in milliseconds."""
        return self._set("min-pause", "%d ms" % min_pause_between_checkpoints)

    def get_max_concurrent_checkpoints(self):
        """How many checkpoints may be under way."""
        return self._configuration.get_integer(_PREFIX + "max-concurrent-checkpoints", 1)

    def set_max_concurrent_checkpoints(self, max_concurrent_checkpoints):
        """Sets how many checkpoints may be under way."""
        return self._set("max-concurrent-checkpoints", str(max_concurrent_checkpoints))

    def get_tolerable_checkpoint_failure_number(self):
        """How many checkpoints may fail in a row."""
        return self._configuration.get_integer(_PREFIX + "tolerable-failed-checkpoints", 0)

    def set_tolerable_checkpoint_failure_number(self, tolerable_checkpoint_failure_number):
        """Sets how many checkpoints may fail in a row."""
        return self._set("tolerable-failed-checkpoints", str(tolerable_checkpoint_failure_number))

    def is_fail_on_checkpointing_errors(self):
        """Whether one failed checkpoint fails the job."""
        return self.get_tolerable_checkpoint_failure_number() == 0

    def set_fail_on_checkpointing_errors(self, fail_on_checkpointing_errors):
        """Sets whether one failed checkpoint fails the job."""
        return self.set_tolerable_checkpoint_failure_number(0 if fail_on_checkpointing_errors else 2 ** 31 - 1)

    def set_externalized_checkpoint_retention(self, retention_mode):
        """Sets what becomes of the last checkpoint when the job is cancelled."""
        return self._set("externalized-checkpoint-retention", retention_mode.name)

    enable_externalized_checkpoints = set_externalized_checkpoint_retention
    set_externalized_checkpoint_cleanup = set_externalized_checkpoint_retention

    def get_externalized_checkpoint_retention(self):
        """What becomes of the last checkpoint when the job is cancelled."""
        name = self._configuration.get_string(
            _PREFIX + "externalized-checkpoint-retention", "NO_EXTERNALIZED_CHECKPOINTS")
        return ExternalizedCheckpointRetention[name]

    get_externalized_checkpoint_cleanup = get_externalized_checkpoint_retention

    def is_externalized_checkpoints_enabled(self):
        """Whether the last checkpoint is kept."""
        return (self.get_externalized_checkpoint_retention()
                is not ExternalizedCheckpointRetention.NO_EXTERNALIZED_CHECKPOINTS)

    def is_unaligned_checkpoints_enabled(self):
        """Whether barriers overtake rows."""
        return self._configuration.get_boolean(_PREFIX + "unaligned", False)

    def enable_unaligned_checkpoints(self, enabled=True):
        """Sets whether barriers overtake rows."""
        return self._set("unaligned", str(bool(enabled)).lower())

    def disable_unaligned_checkpoints(self):
        """Barriers do not overtake rows."""
        return self.enable_unaligned_checkpoints(False)

    def set_alignment_timeout(self, alignment_timeout):
        """Sets how long barriers wait before they overtake rows."""
        return self._set("aligned-checkpoint-timeout", "%d ms" % alignment_timeout.to_millis())

    set_aligned_checkpoint_timeout = set_alignment_timeout

    def set_prefer_checkpoint_for_recovery(self, prefer_checkpoint_for_recovery):
        """Has no effect: what is newer is restored."""
        return self

    def set_checkpoint_storage(self, storage):
        """Sets where checkpoints are kept."""
        if storage._path:
            self._configuration.set_string("state.checkpoints.dir", storage._path)
        return self

    def set_checkpoint_storage_dir(self, checkpoint_path):
        """Sets the folder of checkpoints."""
        self._configuration.set_string("state.checkpoints.dir", checkpoint_path)
        return self
