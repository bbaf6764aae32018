"""The errors that the engine gives back, under PyFlink's names."""

import importlib.machinery

if importlib.machinery.PathFinder.find_spec("py4j"):  # a program that catches py4j's own class must catch ours
    from py4j.protocol import Py4JError, Py4JJavaError as _JavaErrorBase, Py4JNetworkError
else:
    class Py4JError(Exception):
        """py4j's base class, where py4j is not installed."""

    class Py4JNetworkError(Py4JError):
        """py4j's error of a lost connection: here, of the link to Weir."""

    _JavaErrorBase = Py4JError


class Py4JJavaError(_JavaErrorBase):
    """An error of the engine that has no class of its own in PyFlink."""

    def __init__(self, msg, java_exception=None):
        Exception.__init__(self, msg)
        self.msg = msg
        self.errmsg = msg
        self.java_exception = java_exception
        self.exception_cmd = ""

    def __str__(self):
        return self.msg


class JavaException(Py4JJavaError):
    """An error of the engine."""

    def __init__(self, msg, stack_trace=""):
        super().__init__(msg)
        self.stack_trace = stack_trace

    def __str__(self):
        return self.msg + ("\n\t at " + self.stack_trace if self.stack_trace else "")


class TableException(JavaException):
    """A table program that is right and cannot be run."""


class ValidationException(TableException):
    """A table program that is wrong: a name, a type, an option."""


class SqlParserException(ValidationException):
    """A statement that is not SQL."""


class CatalogException(JavaException):
    """A catalog that failed."""


class DatabaseAlreadyExistException(JavaException):
    """The database exists."""


class DatabaseNotEmptyException(JavaException):
    """The database holds tables."""


class DatabaseNotExistException(JavaException):
    """There is no such database."""


class FunctionAlreadyExistException(JavaException):
    """The function exists."""


class FunctionNotExistException(JavaException):
    """There is no such function."""


class TableAlreadyExistException(JavaException):
    """The table exists."""


class TableNotExistException(JavaException):
    """There is no such table."""


class JobExecutionException(JavaException):
    """A job that failed while it ran."""


_CLASSES = {c.__name__: c for c in (
    TableException, ValidationException, SqlParserException, CatalogException, DatabaseAlreadyExistException,
    DatabaseNotEmptyException, DatabaseNotExistException, FunctionAlreadyExistException,
    FunctionNotExistException, TableAlreadyExistException, TableNotExistException, JobExecutionException)}


def from_engine(name, message):
    """The exception for an error the engine sent under class ``name``."""
    return _CLASSES.get(name, JavaException)(message)


def install_exception_handler():
    """Nothing to do: errors arrive as these classes."""
