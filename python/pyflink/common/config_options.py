"""Options with a name and a default."""

__all__ = ["ConfigOption", "ConfigOptions"]


class ConfigOption(object):
    """An option's key and default."""

    def __init__(self, key, default=None):
        self._key, self._default = key, default

    def key(self):
        """The key."""
        return self._key

    def default_value(self):
        """The default, None without."""
        return self._default


class _Typed(object):
    def __init__(self, key):
        self._key = key

    def default_value(self, value):
        """The option with a default."""
        return ConfigOption(self._key, value)

    def no_default_value(self):
        """The option without a default."""
        return ConfigOption(self._key)


class ConfigOptions(object):
    """Makers of options."""

    def __init__(self, key):
        self._key = key

    @staticmethod
    def key(key):
        """An option of that key."""
        return ConfigOptions(key)

    def string_type(self):
        """An option of text; the other types differ only in what their users put in."""
        return _Typed(self._key)

    boolean_type = int_type = long_type = float_type = double_type = duration_type = memory_type = string_type
