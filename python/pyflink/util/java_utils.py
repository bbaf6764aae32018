"""Helpers to call Java, none of which Weir has."""

from pyflink._weir.missing import REMEDY_JVM, raiser


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return raiser("pyflink.util.java_utils.%s()" % name, REMEDY_JVM)
