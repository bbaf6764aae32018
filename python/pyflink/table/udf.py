"""Python functions in SQL and the Table API."""

import abc
import functools
import inspect

from pyflink._weir import functions
from pyflink._weir.missing import UnsupportedApiError
from pyflink.table.expression import Expression, node_of
from pyflink.table.types import DataType, _to_json

__all__ = ["FunctionContext", "UserDefinedFunction", "AsyncScalarFunction", "ScalarFunction", "TableFunction",
           "AggregateFunction", "TableAggregateFunction", "udf", "udtf", "udaf", "udtaf"]

_TABLE_REMEDY = "table functions are not run by Weir; UNNEST of an array that a scalar function gives does the same"
_AGGREGATE_REMEDY = "use SQL's aggregates, or COLLECT/ARRAY_AGG and a scalar function"


class FunctionContext(object):
    """What a function is told when it is opened."""

    def __init__(self, parameters=None):
        self._parameters = parameters or {}

    def get_metric_group(self):
        """Metrics, which are not kept for functions."""
        raise UnsupportedApiError("FunctionContext.get_metric_group()", "count in the query")

    def get_job_parameter(self, key, default_value):
        """A parameter of the job."""
        return self._parameters.get(key, default_value)


class UserDefinedFunction(abc.ABC):
    """A function with a life cycle."""

    def open(self, function_context):
        """Called once in each worker before the first row."""

    def close(self):
        """Called once in each worker after the last row."""

    def is_deterministic(self):
        """Whether equal arguments give equal results."""
        return True


class ScalarFunction(UserDefinedFunction):
    """A function of values to a value."""

    @abc.abstractmethod
    def eval(self, *args):
        """The value."""


class AsyncScalarFunction(UserDefinedFunction):
    """A scalar function with await, which Weir does not run."""

    async def eval(self, *args):
        """The value."""


class TableFunction(UserDefinedFunction):
    """A function of values to rows, which Weir does not run."""

    @abc.abstractmethod
    def eval(self, *args):
        """The rows."""


class ImperativeAggregateFunction(UserDefinedFunction):
    """A function of rows, which Weir does not run."""


class AggregateFunction(ImperativeAggregateFunction):
    """A function of rows to a value, which Weir does not run."""


class TableAggregateFunction(ImperativeAggregateFunction):
    """A function of rows to rows, which Weir does not run."""


class UserDefinedFunctionWrapper(object):
    """A Python function with its types."""

    def __init__(self, func, input_types, func_type, deterministic=None, name=None):
        if inspect.isclass(func):
            func = func()
        if not callable(func) and not isinstance(func, UserDefinedFunction):
            raise TypeError("Invalid function: not a function or callable (__call__ is not defined): %s" % type(func))
        if func_type not in ("general", "pandas"):
            raise ValueError("The func_type must be one of 'general, pandas', got %s." % func_type)
        if isinstance(input_types, (DataType, str)):
            input_types = [input_types]
        self._func, self._func_type = func, func_type
        self._input_types = None if input_types is None else list(input_types)
        self._name = name or _name_of(func)
        self._deterministic = _is_deterministic(func, deterministic)
        self._key = None

    def __call__(self, *args):
        """The function's call on expressions."""
        return Expression({"k": "py", "def": self._definition(), "args": [node_of(a) for a in args]})

    def alias(self, *alias_names):
        """Names of the columns that a table function makes."""
        raise UnsupportedApiError("%s.alias()" % type(self).__name__, _TABLE_REMEDY)


class UserDefinedScalarFunctionWrapper(UserDefinedFunctionWrapper):
    """A Python scalar function with its types."""

    def __init__(self, func, input_types, result_type, func_type, deterministic, name):
        super().__init__(func, input_types, func_type, deterministic, name)
        if not isinstance(result_type, (DataType, str)):
            raise TypeError("Invalid returnType: returnType should be DataType or str but is %s" % (result_type,))
        self._result_type = result_type
        functools.update_wrapper(self, self._func, assigned=("__doc__", "__name__", "__module__"), updated=())

    def _definition(self):
        if self._key is None:
            self._key = functions.register(self)
        return {"key": self._key, "name": self._name, "func_type": self._func_type,
                "deterministic": self._deterministic,
                "input_types": None if self._input_types is None else [_to_json(t) for t in self._input_types],
                "result_type": _to_json(self._result_type)}


def wrap(function):
    """A scalar function as it was given to an environment, with its types."""
    if isinstance(function, UserDefinedScalarFunctionWrapper):
        return function
    if isinstance(function, (AggregateFunction, TableAggregateFunction)):
        raise UnsupportedApiError("Python aggregate functions", _AGGREGATE_REMEDY)
    raise TypeError("a function with types is needed: udf(f, input_types=[...], result_type=...), not %r" % (function,))


def _name_of(func):
    for candidate in (func, getattr(func, "func", None), type(func)):
        name = getattr(candidate, "__name__", None)
        if name:
            return name
    return "function"


def _is_deterministic(func, declared):
    own = func.is_deterministic() if isinstance(func, UserDefinedFunction) else None
    if own is not None and declared is not None and own != declared:
        raise ValueError("Inconsistent deterministic: %s and %s" % (declared, own))
    return declared if declared is not None else own if own is not None else True


def udf(f=None, input_types=None, result_type=None, deterministic=None, name=None, func_type="general",
        udf_type=None):
    """Makes a scalar function of a Python function; also as a decorator."""
    func_type = udf_type or func_type
    if f is None:
        return functools.partial(udf, input_types=input_types, result_type=result_type, deterministic=deterministic,
                                 name=name, func_type=func_type)
    target = f() if inspect.isclass(f) else f
    if isinstance(target, AsyncScalarFunction) or inspect.iscoroutinefunction(target):
        raise UnsupportedApiError("asynchronous scalar functions", "write the function without async")
    return UserDefinedScalarFunctionWrapper(target, input_types, result_type, func_type, deterministic, name)


def udtf(f=None, input_types=None, result_types=None, deterministic=None, name=None):
    """Makes a table function, which Weir does not run."""
    raise UnsupportedApiError("pyflink.table.udf.udtf()", _TABLE_REMEDY)


def udaf(f=None, input_types=None, result_type=None, accumulator_type=None, deterministic=None, name=None,
         func_type="general"):
    """Makes an aggregate function, which Weir does not run."""
    raise UnsupportedApiError("pyflink.table.udf.udaf()", _AGGREGATE_REMEDY)


def udtaf(f=None, input_types=None, result_type=None, accumulator_type=None, deterministic=None, name=None,
          func_type="general"):
    """Makes a table aggregate function, which Weir does not run."""
    raise UnsupportedApiError("pyflink.table.udf.udtaf()", _AGGREGATE_REMEDY)
