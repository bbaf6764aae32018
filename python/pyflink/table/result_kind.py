"""What kind of result a statement has."""

from enum import Enum


class ResultKind(Enum):
    """SUCCESS for statements without rows of their own, otherwise SUCCESS_WITH_CONTENT."""

    SUCCESS = 0
    SUCCESS_WITH_CONTENT = 1
