"""The configuration of a table environment."""

import datetime

from pyflink._weir.missing import UnsupportedApiError
from pyflink.common.configuration import Configuration, _text
from pyflink.table.sql_dialect import SqlDialect

__all__ = ["TableConfig"]


class TableConfig(object):
    """The configuration of a table environment: options by key, with names for some."""

    def __init__(self, configuration=None):
        self._configuration = configuration if configuration is not None else Configuration()

    @staticmethod
    def get_default():
        """A configuration without options."""
        return TableConfig()

    def get(self, key, default_value=None):
        """An option's value."""
        return self._configuration.get_string(key, default_value)

    def set(self, key, value):
        """Sets an option."""
        self._configuration._set(key, _text(value))
        return self

    def get_configuration(self):
        """The options."""
        return self._configuration

    def add_configuration(self, configuration):
        """Takes over another configuration's options."""
        self._configuration.add_all(configuration)

    def get_local_timezone(self):
        """The session's time zone."""
        zone = self._configuration.get_string("table.local-time-zone", "default")
        return "UTC" if zone == "default" else zone

    def set_local_timezone(self, timezone_id):
        """Sets the session's time zone."""
        self.set("table.local-time-zone", timezone_id)

    def set_idle_state_retention(self, duration):
        """Sets how long state is kept that no row touches."""
        self.set("table.exec.state.ttl", "%d ms" % (duration // datetime.timedelta(milliseconds=1)))

    def set_idle_state_retention_time(self, min_time, max_time):
        """Sets how long state is kept that no row touches; the minimum counts."""
        self.set_idle_state_retention(min_time)

    def get_idle_state_retention(self):
        """How long state is kept that no row touches."""
        text = self._configuration.get_string("table.exec.state.ttl", "0 ms").split()
        return datetime.timedelta(milliseconds=int(text[0]))

    def get_min_idle_state_retention_time(self):
        """How long state is kept that no row touches, in milliseconds."""
        return self.get_idle_state_retention() // datetime.timedelta(milliseconds=1)

    def get_max_idle_state_retention_time(self):
        """As Flink has it: one and a half times the minimum, in milliseconds."""
        return self.get_min_idle_state_retention_time() * 3 // 2

    def get_sql_dialect(self):
        """The dialect of SQL."""
        return SqlDialect[self._configuration.get_string("table.sql-dialect", "default").upper()]

    def set_sql_dialect(self, sql_dialect):
        """Sets the dialect of SQL, of which there is one."""
        if sql_dialect is not SqlDialect.DEFAULT:
            raise UnsupportedApiError("SqlDialect.%s" % sql_dialect.name, "write the statements in Flink's SQL")
        self.set("table.sql-dialect", sql_dialect.name.lower())

    def set_python_executable(self, python_exec):
        """Sets the Python of the functions; they run in the program's own here."""
        self.set("python.executable", python_exec)

    def get_python_executable(self):
        """The Python of the functions."""
        return self._configuration.get_string("python.executable", "python")

    def get_max_generated_code_length(self):
        """The option, which has no effect here: no code is generated."""
        return self._configuration.get_integer("table.generated-code.max-length", 4000)

    def set_max_generated_code_length(self, max_generated_code_length):
        """Sets the option, which has no effect here: no code is generated."""
        self.set("table.generated-code.max-length", max_generated_code_length)

    set_null_check = set_decimal_context = lambda self, *_: self
    get_null_check = lambda self: True
