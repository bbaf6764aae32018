"""Catalogs, as far as the engine's own goes."""

from pyflink._weir.missing import Unsupported, lazy_names
from pyflink.table.schema import quote
from pyflink.table.table_schema import Column, ResolvedSchema

__all__ = ["Catalog", "CatalogDescriptor", "ObjectPath", "Column", "ResolvedSchema"]

_WITH_SQL = "use execute_sql() with SHOW, CREATE, ALTER or DROP"

__getattr__ = lazy_names(__name__, (
    "HiveCatalog", "JdbcCatalog", "CatalogDatabase", "CatalogBaseTable", "CatalogPartition", "CatalogFunction",
    "CatalogModel", "CatalogPartitionSpec", "CatalogTableStatistics", "CatalogColumnStatistics", "Procedure",
    "ObjectIdentifier", "WatermarkSpec", "Constraint", "UniqueConstraint", "PhysicalColumn", "ComputedColumn",
    "MetadataColumn"), _WITH_SQL)


class ObjectPath(object):
    """database.object"""

    def __init__(self, database_name, object_name):
        self._database, self._object = database_name, object_name

    def get_database_name(self):
        """The database."""
        return self._database

    def get_object_name(self):
        """The object."""
        return self._object

    def get_full_name(self):
        """database.object"""
        return "%s.%s" % (self._database, self._object)

    __str__ = get_full_name

    @staticmethod
    def from_string(full_name):
        """The path of a text."""
        database, _, name = full_name.partition(".")
        return ObjectPath(database, name)


class CatalogDescriptor(object):
    """A catalog to be created."""

    def __init__(self, catalog_name, configuration, comment=None):
        self._name, self._configuration, self._comment = catalog_name, configuration, comment

    @staticmethod
    def of(catalog_name, configuration, comment=None):
        """A catalog of the given options."""
        return CatalogDescriptor(catalog_name, configuration, comment)


class Catalog(Unsupported):
    """A catalog of the session."""

    _weir_missing = {name: _WITH_SQL for name in (
        "get_database create_database drop_database alter_database get_table drop_table rename_table create_table "
        "alter_table list_partitions get_partition partition_exists create_partition drop_partition alter_partition "
        "list_functions get_function function_exists create_function alter_function drop_function list_models "
        "list_procedures get_default_database list_materialized_tables get_table_statistics").split()}

    def __init__(self, t_env, name):
        self._t_env, self._name = t_env, name

    def list_databases(self):
        """The databases."""
        return self._t_env._show("SHOW DATABASES FROM %s" % quote(self._name))

    def database_exists(self, database_name):
        """Whether there is such a database."""
        return database_name in self.list_databases()

    def list_tables(self, database_name):
        """The tables and views of a database."""
        return self._t_env._show("SHOW TABLES FROM %s.%s" % (quote(self._name), quote(database_name)))

    def list_views(self, database_name):
        """The views of a database."""
        return self._t_env._show("SHOW VIEWS FROM %s.%s" % (quote(self._name), quote(database_name)))

    def table_exists(self, table_path):
        """Whether there is such a table."""
        return table_path.get_object_name() in self.list_tables(table_path.get_database_name())
