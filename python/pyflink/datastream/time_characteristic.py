"""The notion of time of a stream program, as it was set until Flink 1.12."""

from enum import Enum

__all__ = ["TimeCharacteristic"]


class TimeCharacteristic(Enum):
    """A notion of time; tables say it themselves, by their watermark."""

    ProcessingTime = 0
    IngestionTime = 1
    EventTime = 2
