"""What Flink's Python API has and this package has not.

A missing name can be imported, so that a program which imports more than it
uses still runs; the first use raises :class:`UnsupportedApiError`, which says
what was used and what to do instead.
"""

import importlib.abc
import importlib.machinery
import sys
import types

REMEDY_DATASTREAM = (
    "use the Table API or SQL for it, or run the application on a Flink cluster with Weir's flink runner")
REMEDY_JVM = (
    "there is no JVM behind this package; run the application on a Flink cluster with Weir's flink runner")

#: Modules of Flink's package that are wholly missing here, with their remedy.
MISSING_MODULES = {
    "pyflink.datastream.async_data_stream": REMEDY_DATASTREAM,
    "pyflink.datastream.connectors": REMEDY_DATASTREAM,
    "pyflink.datastream.data_stream": REMEDY_DATASTREAM,
    "pyflink.datastream.formats": REMEDY_DATASTREAM,
    "pyflink.datastream.functions": REMEDY_DATASTREAM,
    "pyflink.datastream.output_tag": REMEDY_DATASTREAM,
    "pyflink.datastream.slot_sharing_group": REMEDY_DATASTREAM,
    "pyflink.datastream.state": REMEDY_DATASTREAM,
    "pyflink.datastream.timerservice": REMEDY_DATASTREAM,
    "pyflink.datastream.time_domain": REMEDY_DATASTREAM,
    "pyflink.datastream.window": REMEDY_DATASTREAM,
    "pyflink.common.serialization": REMEDY_DATASTREAM,
    "pyflink.common.serializer": REMEDY_DATASTREAM,
    "pyflink.dataset": "the DataSet API left Flink in 1.14; use the Table API in batch mode",
    "pyflink.ml": "Flink ML left this package in 1.14; use the Table API",
    "pyflink.metrics": "metrics of Python functions are not kept; use the job's own metrics",
    "pyflink.table.sinks": "declare the sink with execute_sql(\"CREATE TABLE ...\")",
    "pyflink.table.sources": "declare the source with execute_sql(\"CREATE TABLE ...\")",
    "pyflink.table.descriptors": "declare the table with execute_sql(\"CREATE TABLE ...\") or a TableDescriptor",
    "pyflink.table.query_config": "set table.exec.state.ttl with get_config().set(...)",
    "pyflink.table.model_descriptor": "models are not run by Weir",
    "pyflink.table.module": "modules other than Flink's core are not run by Weir",
    "pyflink.gen_protos": REMEDY_JVM,
    "pyflink.fn_execution": REMEDY_JVM,
}


class UnsupportedApiError(NotImplementedError):
    """A name of Flink's Python API that Weir does not run."""

    def __init__(self, name, remedy=""):
        text = "Weir does not support %s" % name
        super().__init__(text + (": " + remedy if remedy else "."))
        self.name = name


def raiser(name, remedy=""):
    """A function that fails naming ``name``."""
    def unsupported(*args, **kwargs):
        raise UnsupportedApiError(name, remedy)
    unsupported.__name__ = unsupported.__qualname__ = name.rsplit(".", 1)[-1]
    return unsupported


class _Absent(type):
    """The type of placeholder classes: any use of one fails by name."""

    def __call__(cls, *args, **kwargs):
        raise UnsupportedApiError(cls._weir_name, cls._weir_remedy)

    def __getattr__(cls, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise UnsupportedApiError(cls._weir_name + "." + attribute, cls._weir_remedy)


def placeholder(name, remedy=""):
    """A class to stand for the missing ``name``; it can be imported and subclassed."""
    return _Absent(name.rsplit(".", 1)[-1], (), {"_weir_name": name, "_weir_remedy": remedy})


def lazy_names(module, names, remedy=""):
    """A module ``__getattr__`` that gives placeholders for ``names``."""
    known = frozenset(names)

    def module_getattr(name):
        if name not in known:
            raise AttributeError("module %r has no attribute %r" % (module, name))
        value = placeholder(module + "." + name, remedy)
        setattr(sys.modules[module], name, value)
        return value
    return module_getattr


class Unsupported(object):
    """Mix-in: instance attributes named in ``_weir_missing`` fail by name."""

    _weir_missing = {}

    def __getattr__(self, name):
        return missing_attribute(self, name)


def missing_attribute(owner, name):
    """Raises for attribute ``name`` which ``owner`` does not have."""
    cls = type(owner)
    if name.startswith("_j_"):
        raise UnsupportedApiError("%s.%s" % (cls.__name__, name), REMEDY_JVM)
    for base in cls.__mro__:
        missing = base.__dict__.get("_weir_missing")
        if missing is not None and name in missing:
            raise UnsupportedApiError("%s.%s" % (cls.__name__, name), missing[name])
    raise AttributeError("'%s' object has no attribute '%s'" % (cls.__name__, name))


class _MissingModule(types.ModuleType):
    """A missing module: any public name of it is a placeholder."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__") or name == "_weir_remedy":
            raise AttributeError(name)
        value = placeholder(self.__name__ + "." + name, self.__dict__.get("_weir_remedy", ""))
        setattr(self, name, value)
        return value


class MissingFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds missing modules of Flink's package, and py4j's error classes where py4j is not installed."""

    def find_spec(self, fullname, path=None, target=None):
        if _remedy_of(fullname) is None and fullname not in ("py4j", "py4j.protocol", "py4j.java_gateway"):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        return _MissingModule(spec.name)

    def exec_module(self, module):
        module._weir_remedy = _remedy_of(module.__name__) or REMEDY_JVM
        if module.__name__ == "py4j.protocol":
            from pyflink.util.exceptions import Py4JError, Py4JJavaError, Py4JNetworkError
            module.Py4JError, module.Py4JJavaError = Py4JError, Py4JJavaError
            module.Py4JNetworkError = Py4JNetworkError


def _remedy_of(fullname):
    while fullname:
        if fullname in MISSING_MODULES:
            return MISSING_MODULES[fullname]
        fullname = fullname.rpartition(".")[0]
    return None


def install():
    """Puts the finder last on ``sys.meta_path``; what exists is found before it."""
    if not any(isinstance(f, MissingFinder) for f in sys.meta_path):
        sys.meta_path.append(MissingFinder())
