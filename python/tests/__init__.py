"""Tests of the pyflink package: `python3 -m unittest discover -s python/tests -t python`."""
