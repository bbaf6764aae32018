"""Group windows and over windows."""

from pyflink.table.expression import Expression
from pyflink.table.expressions import CURRENT_RANGE, CURRENT_ROW, UNBOUNDED_RANGE, UNBOUNDED_ROW, col

__all__ = ["GroupWindow", "Tumble", "Session", "Slide", "Over", "OverWindow", "UNBOUNDED_ROW", "UNBOUNDED_RANGE",
           "CURRENT_ROW", "CURRENT_RANGE"]


def _expression(value):
    """An Expression as it is, a string by Flink's string grammar."""
    if isinstance(value, Expression):
        return value
    from pyflink._weir.exprparse import parse
    return parse(value)


def _expressions(values):
    from pyflink._weir.exprparse import parse_list
    out = []
    for value in values:
        out.extend([value] if isinstance(value, Expression) else parse_list(value))
    return out


class _Step(object):
    """A window half built: what is known of it so far."""

    def __init__(self, **spec):
        self._spec = spec

    def _grown(self, cls, **more):
        spec = dict(self._spec)
        spec.update(more)
        return cls(**spec)


class GroupWindow(_Step):
    """A finished window over which a table can be grouped."""

    @property
    def _alias(self):
        return self._spec["alias"]

    def _json(self):
        return {k: v if isinstance(v, str) else v._node for k, v in self._spec.items()}


class _OnTime(_Step):
    def alias(self, alias):
        """Names the window for group_by and select."""
        return self._grown(GroupWindow, alias=alias)


class TumbleWithSizeOnTime(_OnTime):
    """A tumbling window with size and time."""


class SlideWithSizeAndSlideOnTime(_OnTime):
    """A sliding window with size, slide and time."""


class SessionWithGapOnTime(_OnTime):
    """A session window with gap and time."""


class TumbleWithSize(_Step):
    """A tumbling window with its size."""

    def on(self, time_field):
        """The time attribute that assigns rows to windows."""
        return self._grown(TumbleWithSizeOnTime, on=_expression(time_field))


class SlideWithSizeAndSlide(_Step):
    """A sliding window with size and slide."""

    def on(self, time_field):
        """The time attribute that assigns rows to windows."""
        return self._grown(SlideWithSizeAndSlideOnTime, on=_expression(time_field))


class SlideWithSize(_Step):
    """A sliding window with its size."""

    def every(self, slide):
        """How far one window begins after the other."""
        return self._grown(SlideWithSizeAndSlide, slide=_expression(slide))


class SessionWithGap(_Step):
    """A session window with its gap."""

    def on(self, time_field):
        """The time attribute that assigns rows to windows."""
        return self._grown(SessionWithGapOnTime, on=_expression(time_field))


class Tumble(object):
    """Windows of fixed size, one after the other."""

    @classmethod
    def over(cls, size):
        """Windows of the given size."""
        return TumbleWithSize(kind="tumble", size=_expression(size))


class Slide(object):
    """Windows of fixed size that overlap."""

    @classmethod
    def over(cls, size):
        """Windows of the given size."""
        return SlideWithSize(kind="slide", size=_expression(size))


class Session(object):
    """Windows bounded by a gap without rows."""

    @classmethod
    def with_gap(cls, gap):
        """Windows that end after the given gap."""
        return SessionWithGap(kind="session", gap=_expression(gap))


class OverWindow(_Step):
    """A finished over window."""

    @property
    def _alias(self):
        return self._spec["alias"]

    def _json(self):
        spec = self._spec
        return {"alias": spec["alias"], "partition_by": [e._node for e in spec.get("partition_by", ())],
                "order_by": spec["order_by"]._node, "preceding": spec["preceding"]._node,
                "following": spec["following"]._node if spec.get("following") is not None else None}


class OverWindowPartitionedOrderedPreceding(_Step):
    """An over window with its lower bound."""

    def alias(self, alias):
        """Names the window for over()."""
        return self._grown(OverWindow, alias=_alias_of(alias))

    def following(self, following):
        """The upper bound."""
        return self._grown(OverWindowPartitionedOrderedPreceding, following=_expression(following))


class OverWindowPartitionedOrdered(_Step):
    """An over window with its order."""

    def alias(self, alias):
        """Names the window for over(); it is unbounded before, up to the current row."""
        return self._grown(OverWindow, preceding=UNBOUNDED_RANGE, alias=_alias_of(alias))

    def preceding(self, preceding):
        """The lower bound."""
        return self._grown(OverWindowPartitionedOrderedPreceding, preceding=_expression(preceding))


class OverWindowPartitioned(_Step):
    """An over window with its partitions."""

    def order_by(self, order_by):
        """The time attribute that orders the rows."""
        return self._grown(OverWindowPartitionedOrdered, order_by=_expression(order_by))


class Over(object):
    """Windows of rows around each row."""

    @classmethod
    def order_by(cls, order_by):
        """Windows over all rows, in the given order."""
        return OverWindowPartitionedOrdered(order_by=_expression(order_by))

    @classmethod
    def partition_by(cls, *partition_by):
        """Windows within rows of equal values."""
        return OverWindowPartitioned(partition_by=_expressions(partition_by))


def _alias_of(alias):
    return alias._node["name"] if isinstance(alias, Expression) else alias
