"""Helpers that programs import."""

from pyflink.table.types import Row

__all__ = ["Row"]
