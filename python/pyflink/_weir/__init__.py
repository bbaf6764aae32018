"""Weir's own half of the package: the link to the engine and the driver.

Nothing in here is part of Flink's API; programs do not import it.
"""
