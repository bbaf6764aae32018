"""How a table environment is made."""

from pyflink.common.configuration import Configuration
from pyflink._weir.missing import UnsupportedApiError

__all__ = ["EnvironmentSettings"]


class EnvironmentSettings(object):
    """Mode, built-in catalog and options of a table environment."""

    class Builder(object):
        """Builds EnvironmentSettings."""

        def __init__(self):
            self._streaming, self._catalog, self._database = True, None, None
            self._configuration = Configuration()

        def use_blink_planner(self):
            """Nothing to choose: there is one planner, which behaves as Blink's."""
            return self

        def use_any_planner(self):
            """Nothing to choose: there is one planner."""
            return self

        def use_old_planner(self):
            """The planner that Flink had before 1.9; it left Flink in 1.14."""
            raise UnsupportedApiError(
                "EnvironmentSettings.Builder.use_old_planner()", "leave the call out, or use use_blink_planner()")

        def in_streaming_mode(self):
            """Streaming mode."""
            self._streaming = True
            return self

        def in_batch_mode(self):
            """Batch mode."""
            self._streaming = False
            return self

        def with_configuration(self, config):
            """Options."""
            self._configuration.add_all(config)
            return self

        def with_built_in_catalog_name(self, built_in_catalog_name):
            """The name of the first catalog."""
            self._catalog = built_in_catalog_name
            return self

        def with_built_in_database_name(self, built_in_database_name):
            """The name of the first database."""
            self._database = built_in_database_name
            return self

        def build(self):
            """The settings."""
            return EnvironmentSettings(self._streaming, self._catalog, self._database, self._configuration)

    def __init__(self, streaming=True, catalog=None, database=None, configuration=None):
        self._streaming, self._catalog, self._database = streaming, catalog, database
        self._configuration = configuration if configuration is not None else Configuration()

    def get_built_in_catalog_name(self):
        """The name of the first catalog."""
        return self._catalog or "default_catalog"

    def get_built_in_database_name(self):
        """The name of the first database."""
        return self._database or "default_database"

    def is_blink_planner(self):
        """Always."""
        return True

    def is_streaming_mode(self):
        """Whether it is streaming mode."""
        return self._streaming

    def get_configuration(self):
        """The options."""
        return self._configuration

    to_configuration = get_configuration

    @staticmethod
    def from_configuration(config):
        """Settings of the given options."""
        mode = config.get_string("execution.runtime-mode", "streaming").lower()
        return EnvironmentSettings(mode != "batch", configuration=config)

    @staticmethod
    def new_instance():
        """A builder."""
        return EnvironmentSettings.Builder()

    @staticmethod
    def in_streaming_mode():
        """Settings of streaming mode."""
        return EnvironmentSettings.new_instance().in_streaming_mode().build()

    @staticmethod
    def in_batch_mode():
        """Settings of batch mode."""
        return EnvironmentSettings.new_instance().in_batch_mode().build()
