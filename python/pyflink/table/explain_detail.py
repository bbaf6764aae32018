"""What an explanation shows beside the plan."""

from enum import Enum


class ExplainDetail(Enum):
    """A detail of an explanation."""

    ESTIMATED_COST = 0
    CHANGELOG_MODE = 1
    JSON_EXECUTION_PLAN = 2
    PLAN_ADVICE = 3
