"""Streaming or batch."""

from enum import Enum

__all__ = ["RuntimeExecutionMode"]


class RuntimeExecutionMode(Enum):
    """Streaming, batch, or as the sources are."""

    STREAMING = 0
    BATCH = 1
    AUTOMATIC = 2
