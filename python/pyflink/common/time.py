"""Spans and points of time."""

__all__ = ["Duration", "Instant", "Time"]


class Duration(object):
    """A span of time."""

    def __init__(self, nanos):
        self._nanos = nanos

    of_days = staticmethod(lambda days: Duration(days * 86400 * 10 ** 9))
    of_hours = staticmethod(lambda hours: Duration(hours * 3600 * 10 ** 9))
    of_minutes = staticmethod(lambda minutes: Duration(minutes * 60 * 10 ** 9))
    of_seconds = staticmethod(lambda seconds: Duration(seconds * 10 ** 9))
    of_millis = staticmethod(lambda millis: Duration(millis * 10 ** 6))
    of_nanos = staticmethod(lambda nanos: Duration(nanos))

    def to_millis(self):
        """The span in milliseconds."""
        return self._nanos // 10 ** 6

    def __eq__(self, other):
        return isinstance(other, Duration) and self._nanos == other._nanos

    def __hash__(self):
        return hash(self._nanos)


class Instant(object):
    """A point of time."""

    def __init__(self, seconds, nanos):
        self.seconds, self.nanos = seconds, nanos

    def to_epoch_milli(self):
        """Milliseconds since 1970-01-01."""
        return self.seconds * 1000 + self.nanos // 10 ** 6

    @staticmethod
    def of_epoch_milli(epoch_milli):
        """The instant of so many milliseconds."""
        return Instant(epoch_milli // 1000, epoch_milli % 1000 * 10 ** 6)

    def __eq__(self, other):
        return isinstance(other, Instant) and (self.seconds, self.nanos) == (other.seconds, other.nanos)

    def __hash__(self):
        return hash((self.seconds, self.nanos))

    def __repr__(self):
        return "Instant<%d, %d>" % (self.seconds, self.nanos)


class Time(object):
    """A span of time in milliseconds."""

    def __init__(self, milliseconds):
        self._millis = milliseconds

    def to_milliseconds(self):
        """The span in milliseconds."""
        return self._millis

    milliseconds = staticmethod(lambda milliseconds: Time(milliseconds))
    seconds = staticmethod(lambda seconds: Time(seconds * 1000))
    minutes = staticmethod(lambda minutes: Time(minutes * 60000))
    hours = staticmethod(lambda hours: Time(hours * 3600000))
    days = staticmethod(lambda days: Time(days * 86400000))

    def __eq__(self, other):
        return isinstance(other, Time) and self._millis == other._millis

    def __hash__(self):
        return hash(self._millis)
