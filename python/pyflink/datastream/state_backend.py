"""State backends and checkpoint storages, as the options they stand for.

State is kept by Weir's own store; only where checkpoints go is heeded.
"""

__all__ = ["StateBackend", "HashMapStateBackend", "EmbeddedRocksDBStateBackend", "MemoryStateBackend",
           "FsStateBackend", "RocksDBStateBackend", "CheckpointStorage", "JobManagerCheckpointStorage",
           "FileSystemCheckpointStorage"]


class StateBackend(object):
    """A state backend."""

    _kind = "hashmap"

    def __init__(self, checkpoint_data_uri=None, *args, **kwargs):
        self._uri = checkpoint_data_uri if isinstance(checkpoint_data_uri, str) else None

    def _options(self):
        options = {"state.backend": self._kind}
        if self._uri:
            options["state.checkpoints.dir"] = self._uri
        return options


class HashMapStateBackend(StateBackend):
    """State in memory."""


class MemoryStateBackend(StateBackend):
    """State in memory, as it was called until Flink 1.12."""


class FsStateBackend(StateBackend):
    """State in memory, checkpoints in files, as it was called until Flink 1.12."""


class EmbeddedRocksDBStateBackend(StateBackend):
    """State on disk."""

    _kind = "rocksdb"


class RocksDBStateBackend(EmbeddedRocksDBStateBackend):
    """State on disk, as it was called until Flink 1.12."""


class CheckpointStorage(object):
    """Where checkpoints are kept."""

    def __init__(self, checkpoint_path=None, *args, **kwargs):
        self._path = checkpoint_path if isinstance(checkpoint_path, str) else None


class JobManagerCheckpointStorage(CheckpointStorage):
    """Checkpoints where the application keeps them."""


class FileSystemCheckpointStorage(CheckpointStorage):
    """Checkpoints in a folder."""
