"""The release of Apache Flink whose Python API this package follows."""

__version__ = "2.2.0"
