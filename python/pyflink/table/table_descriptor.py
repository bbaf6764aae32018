"""Declarations of tables without SQL."""

from pyflink._weir.missing import UnsupportedApiError
from pyflink.table.schema import quote, quote_path, string_literal

__all__ = ["TableDescriptor", "FormatDescriptor"]


def _key(option):
    key = getattr(option, "key", option)
    return key() if callable(key) else key


def _text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


class FormatDescriptor(object):
    """A format and its options."""

    def __init__(self, name, options):
        self._name, self._options = name, dict(options)

    @staticmethod
    def for_format(format):
        """A builder for the named format."""
        return FormatDescriptor.Builder(format)

    def get_format(self):
        """The format's name."""
        return self._name

    def get_options(self):
        """The options."""
        return dict(self._options)

    def __str__(self):
        return "%s[%s]" % (self._name, self._options)

    class Builder(object):
        """Builds a FormatDescriptor."""

        def __init__(self, name):
            self._name, self._options = name, {}

        def option(self, key, value):
            """Sets an option."""
            self._options[_key(key)] = _text(value)
            return self

        def build(self):
            """The descriptor."""
            return FormatDescriptor(self._name, self._options)


class TableDescriptor(object):
    """A connector, its options and the schema of a table."""

    def __init__(self, schema, options, partition_keys, comment):
        self._schema, self._options = schema, dict(options)
        self._partition_keys, self._comment = list(partition_keys), comment

    @staticmethod
    def for_connector(connector):
        """A builder for the named connector."""
        return TableDescriptor.Builder({"connector": connector})

    @staticmethod
    def for_managed():
        """Managed tables left Flink in 2.0."""
        raise UnsupportedApiError("TableDescriptor.for_managed()", "name a connector with for_connector()")

    def get_schema(self):
        """The schema, None if the table takes its query's."""
        return self._schema

    def get_options(self):
        """The options."""
        return dict(self._options)

    def get_partition_keys(self):
        """The partition keys."""
        return list(self._partition_keys)

    def get_comment(self):
        """The comment."""
        return self._comment

    def _ddl(self, path, temporary, ignore_if_exists):
        """CREATE TABLE for this descriptor."""
        text = "CREATE %sTABLE %s%s " % ("TEMPORARY " if temporary else "",
                                         "IF NOT EXISTS " if ignore_if_exists else "", quote_path(path))
        if self._schema is not None:
            text += self._schema._ddl()
        if self._comment:
            text += "\nCOMMENT " + string_literal(self._comment)
        if self._partition_keys:
            text += "\nPARTITIONED BY (%s)" % ", ".join(map(quote, self._partition_keys))
        options = ",\n  ".join("%s = %s" % (string_literal(k), string_literal(v)) for k, v in self._options.items())
        return text + "\nWITH (\n  %s\n)" % options

    class Builder(object):
        """Builds a TableDescriptor."""

        def __init__(self, options):
            self._options, self._schema, self._partition_keys, self._comment = dict(options), None, [], None

        def schema(self, schema):
            """Sets the schema."""
            self._schema = schema
            return self

        def option(self, key, value):
            """Sets an option."""
            self._options[_key(key)] = _text(value)
            return self

        def format(self, format, format_option=None):
            """Sets the format, by name or with its options."""
            prefix = (_key(format_option)[:-len("format")] if format_option is not None else "")
            if isinstance(format, FormatDescriptor):
                self._options[prefix + "format"] = format.get_format()
                for k, v in format.get_options().items():
                    self._options["%s%s.%s" % (prefix, format.get_format(), k)] = v
            else:
                self._options[prefix + "format"] = format
            return self

        def partitioned_by(self, *partition_keys):
            """Sets the partition keys."""
            self._partition_keys = list(partition_keys)
            return self

        def comment(self, comment):
            """Sets the comment."""
            self._comment = comment
            return self

        def build(self):
            """The descriptor."""
            return TableDescriptor(self._schema, self._options, self._partition_keys, self._comment)
