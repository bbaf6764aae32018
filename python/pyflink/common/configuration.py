"""Configuration: options by key."""

__all__ = ["Configuration"]


class Configuration(object):
    """Options by key. One that belongs to an environment writes through to it."""

    def __init__(self, other=None, j_configuration=None, on_change=None):
        self._values = dict(other._values) if other is not None else {}
        self._on_change = on_change

    @classmethod
    def from_dict(cls, map):
        """A configuration of the given options."""
        configuration = cls()
        for key, value in map.items():
            configuration.set_string(key, value)
        return configuration

    def _set(self, key, value):
        if self._on_change is not None:
            self._on_change(key, value)
        self._values[key] = value
        return self

    def get_string(self, key, default_value=None):
        """The option's text."""
        return self._values.get(key, default_value)

    def set_string(self, key, value):
        """Sets the option."""
        if not isinstance(value, str):
            raise TypeError("the value of %r must be a str, not %r" % (key, value))
        return self._set(key, value)

    def set(self, key, value):
        """Sets the option."""
        return self._set(key, _text(value))

    def get_integer(self, key, default_value=None):
        """The option as a number."""
        value = self._values.get(key)
        return default_value if value is None else int(value)

    def set_integer(self, key, value):
        """Sets the option."""
        return self._set(key, str(int(value)))

    def get_boolean(self, key, default_value=None):
        """The option as true or false."""
        value = self._values.get(key)
        return default_value if value is None else value.lower() == "true"

    def set_boolean(self, key, value):
        """Sets the option."""
        return self._set(key, _text(bool(value)))

    def get_float(self, key, default_value=None):
        """The option as a number."""
        value = self._values.get(key)
        return default_value if value is None else float(value)

    def set_float(self, key, value):
        """Sets the option."""
        return self._set(key, str(float(value)))

    def get_bytearray(self, key, default_value=None):
        """The option's bytes."""
        value = self._values.get(key)
        return default_value if value is None else bytearray(value, "latin-1")

    def set_bytearray(self, key, value):
        """Sets the option."""
        return self._set(key, bytes(value).decode("latin-1"))

    def key_set(self):
        """The keys."""
        return set(self._values)

    def add_all_to_dict(self, target_dict):
        """Adds the options to a dict."""
        target_dict.update(self._values)

    def add_all(self, other, prefix=None):
        """Takes over another configuration's options."""
        for key, value in other._values.items():
            self._set((prefix or "") + key, value)
        return self

    def contains_key(self, key):
        """Whether the option is set."""
        return key in self._values

    def to_dict(self):
        """The options as a dict."""
        return dict(self._values)

    def remove_config(self, key):
        """Forgets the option; tells whether it was set."""
        if key not in self._values:
            return False
        if self._on_change is not None:
            self._on_change(key, None)
        del self._values[key]
        return True

    def __eq__(self, other):
        return isinstance(other, Configuration) and self._values == other._values

    def __hash__(self):
        return hash(frozenset(self._values.items()))

    def __str__(self):
        return str(self._values)


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)
