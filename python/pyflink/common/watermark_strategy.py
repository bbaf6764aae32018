"""Watermark strategies of DataStream programs, which can be made and not used."""

import abc

__all__ = ["WatermarkStrategy", "TimestampAssigner", "AssignerWithPeriodicWatermarksWrapper"]


class TimestampAssigner(abc.ABC):
    """Gives each value its time."""

    @abc.abstractmethod
    def extract_timestamp(self, value, record_timestamp):
        """The value's time in milliseconds."""


class WatermarkStrategy(object):
    """How a stream's watermark is made."""

    def __init__(self, kind, **spec):
        self._kind, self._spec = kind, spec

    def with_timestamp_assigner(self, timestamp_assigner):
        """With each value's time from the assigner."""
        return WatermarkStrategy(self._kind, assigner=timestamp_assigner, **self._spec)

    def with_idleness(self, idle_timeout):
        """With a time after which a silent source is idle."""
        return WatermarkStrategy(self._kind, idleness=idle_timeout, **self._spec)

    def with_watermark_alignment(self, watermark_group, max_allowed_watermark_drift, update_interval=None):
        """With sources that wait for each other."""
        return WatermarkStrategy(self._kind, group=watermark_group, drift=max_allowed_watermark_drift, **self._spec)

    @staticmethod
    def for_monotonous_timestamps():
        """For times that never go back."""
        return WatermarkStrategy("monotonous")

    @staticmethod
    def for_bounded_out_of_orderness(max_out_of_orderness):
        """For times that go back at most so far."""
        return WatermarkStrategy("bounded", bound=max_out_of_orderness)

    @staticmethod
    def no_watermarks():
        """Without watermarks."""
        return WatermarkStrategy("none")


class AssignerWithPeriodicWatermarksWrapper(object):
    """A Java assigner, which Weir has not."""

    def __init__(self, j_assigner_with_periodic_watermarks=None):
        from pyflink._weir.missing import REMEDY_JVM, UnsupportedApiError
        raise UnsupportedApiError("AssignerWithPeriodicWatermarksWrapper", REMEDY_JVM)
