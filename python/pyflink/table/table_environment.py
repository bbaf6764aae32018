"""Table environments: sessions of the engine."""

from pyflink._weir import functions
from pyflink._weir.client import call
from pyflink._weir.missing import REMEDY_DATASTREAM, REMEDY_JVM, Unsupported
from pyflink.common.configuration import Configuration
from pyflink.table.catalog import Catalog
from pyflink.table.elements import values_tree
from pyflink.table.environment_settings import EnvironmentSettings
from pyflink.table.explain_detail import ExplainDetail
from pyflink.table.schema import quote, quote_path, string_literal
from pyflink.table.statement_set import StatementSet
from pyflink.table.table import Table
from pyflink.table.table_config import TableConfig
from pyflink.table.table_descriptor import TableDescriptor
from pyflink.table.table_result import TableResult
from pyflink.table.udf import wrap

__all__ = ["TableEnvironment", "StreamTableEnvironment"]

_USE_DDL = "declare the table with execute_sql(\"CREATE TABLE ...\")"
_JAVA = "Java functions need a JVM; write the function in Python, or run the application on a Flink cluster"
_MODULES = "modules other than Flink's core are not run by Weir"
_PLANS = "compiled plans are kept in snapshots only"
_MODELS = "models are not run by Weir"


class TableEnvironment(Unsupported):
    """A session of the engine: catalogs, configuration, statements."""

    _weir_missing = dict(
        connect=_USE_DDL, from_table_source=_USE_DDL, register_table_source=_USE_DDL, register_table_sink=_USE_DDL,
        register_java_function=_JAVA, create_java_function=_JAVA, create_java_temporary_function=_JAVA,
        create_java_temporary_system_function=_JAVA, register_catalog="use execute_sql(\"CREATE CATALOG ...\")",
        load_module=_MODULES, unload_module=_MODULES, use_modules=_MODULES, load_plan=_PLANS, execute_plan=_PLANS,
        compile_plan_sql=_PLANS, create_model=_MODELS, create_temporary_model=_MODELS, drop_model=_MODELS,
        drop_temporary_model=_MODELS, list_models=_MODELS, list_temporary_models=_MODELS,
        get_completion_hints="", create_table_from_descriptor=_USE_DDL)

    def __init__(self, settings, configuration=None):
        self._settings = settings
        options = settings.get_configuration().to_dict()
        if configuration is not None:
            options.update(configuration.to_dict())
        answer = call("open", streaming=settings.is_streaming_mode(), catalog=settings._catalog or "",
                      database=settings._database or "", config=options)
        self._env = answer["env"]
        own = Configuration()
        own._values.update(answer.get("config") or options)
        own._on_change = self._set_option
        self._config = TableConfig(own)
        self._buffered = []  # inserts that wait for execute(), as before Flink 1.11

    @staticmethod
    def create(environment_settings):
        """A session with the given settings, or the given options."""
        if isinstance(environment_settings, Configuration):
            environment_settings = EnvironmentSettings.from_configuration(environment_settings)
        if not isinstance(environment_settings, EnvironmentSettings):
            raise TypeError("environment_settings must be EnvironmentSettings or Configuration, not %r" % (
                environment_settings,))
        return TableEnvironment(environment_settings)

    def _call(self, op, **arguments):
        return call(op, env=self._env, **arguments)

    def _set_option(self, key, value):
        self._call("config_set", key=key, value=value)

    def _before_execute(self):
        functions.prepare()

    # statements

    def execute_sql(self, stmt):
        """Runs one statement."""
        self._before_execute()
        return TableResult(self._call("execute_sql", sql=stmt))

    def sql_query(self, query):
        """The table that a query gives."""
        return Table({"op": "sql", "sql": query}, self)

    def explain_sql(self, stmt, *extra_details):
        """The plan of a statement."""
        return self._explain({"statements": [{"sql": stmt}]}, extra_details)

    def _explain(self, what, details):
        if any(not isinstance(d, ExplainDetail) for d in details):
            raise TypeError("the details must be of ExplainDetail")
        return self._call("explain", details=[d.name for d in details], **what)["text"]

    def create_statement_set(self):
        """A set of inserts to run as one job."""
        return StatementSet(self)

    def _insert(self, table, target, overwrite):
        if isinstance(target, TableDescriptor):
            path = "anonymous_%d" % functions.next_number()
            self.create_temporary_table(path, target)
            target = path
        return {"tree": table._tree, "target": target, "overwrite": bool(overwrite)}

    # statements as before Flink 1.11

    def sql_update(self, stmt):
        """Runs a statement; an INSERT waits for execute()."""
        if stmt.lstrip()[:6].upper() == "INSERT":
            self._buffered.append({"sql": stmt})
        else:
            self.execute_sql(stmt)

    def insert_into(self, target_path, table):
        """Adds an insert that waits for execute()."""
        self._buffered.append(self._insert(table, target_path, False))

    def execute(self, job_name=""):
        """Runs the inserts of sql_update() and insert_into() as one job, and waits for it."""
        if job_name:
            self._call("config_set", key="pipeline.name", value=job_name)
        result = self.create_statement_set()
        result._statements, self._buffered = self._buffered, []
        ended = result.execute()
        ended.wait()
        client = ended.get_job_client()
        return client.get_job_execution_result().result() if client else None

    def explain(self, table=None, extended=False):
        """The plan of a table, or of the waiting inserts."""
        if table is not None:
            return table.explain()
        return self._explain({"statements": self._buffered}, ())

    # tables and views

    def from_path(self, path):
        """The table of that name."""
        return Table({"op": "scan", "path": path}, self)

    def scan(self, *table_path):
        """The table of that name, its parts one by one."""
        return self.from_path(".".join(quote(p) for p in table_path))

    def from_descriptor(self, descriptor):
        """A table declared on the spot."""
        path = "anonymous_%d" % functions.next_number()
        self.create_temporary_table(path, descriptor)
        return self.from_path(path)

    def from_elements(self, elements, schema=None, verify_schema=True):
        """A table of Python values."""
        return Table(values_tree(elements, schema), self)

    def from_pandas(self, pdf, schema=None, splits_num=1):
        """A table of a pandas DataFrame's rows."""
        names = [str(c) for c in pdf.columns]
        rows = [tuple(None if v is None or v != v else v for v in row)
                for row in pdf.astype(object).itertuples(index=False, name=None)]
        return Table(values_tree(rows, schema if schema is not None else names), self)

    def create_temporary_view(self, view_path, table_or_data_stream, *fields_or_schema):
        """Gives a table a name in this session."""
        if not isinstance(table_or_data_stream, Table):
            raise TypeError("a Table is needed: DataStreams are not run by Weir")
        self._call("create_view", path=view_path, tree=table_or_data_stream._tree, temporary=True, ignore=False)

    def create_view(self, view_path, table, ignore_if_exists=False):
        """Gives a table a name in the catalog."""
        self._call("create_view", path=view_path, tree=table._tree, temporary=False, ignore=bool(ignore_if_exists))
        return True

    def register_table(self, name, table):
        """As create_temporary_view."""
        self.create_temporary_view(name, table)

    def create_temporary_table(self, path, descriptor, ignoreIfExists=False):
        """Declares a table for this session."""
        self.execute_sql(descriptor._ddl(path, True, ignoreIfExists))

    def create_table(self, path, descriptor, ignoreIfExists=False):
        """Declares a table in the catalog."""
        self.execute_sql(descriptor._ddl(path, False, ignoreIfExists))
        return True

    def _drop(self, what, path):
        existed = self._call("drop", what=what, path=path)
        return bool(existed.get("existed"))

    def drop_temporary_table(self, table_path):
        """Drops a table of this session; tells whether there was one."""
        return self._drop("temporary_table", table_path)

    def drop_temporary_view(self, view_path):
        """Drops a view of this session; tells whether there was one."""
        return self._drop("temporary_view", view_path)

    def drop_table(self, table_path, ignore_if_not_exists=True):
        """Drops a table of the catalog."""
        self.execute_sql("DROP TABLE %s%s" % ("IF EXISTS " if ignore_if_not_exists else "", quote_path(table_path)))
        return True

    def drop_view(self, view_path, ignore_if_not_exists=True):
        """Drops a view of the catalog."""
        self.execute_sql("DROP VIEW %s%s" % ("IF EXISTS " if ignore_if_not_exists else "", quote_path(view_path)))
        return True

    # catalogs and lists

    def _show(self, sql):
        return [row[0] for row in self.execute_sql(sql).collect()]

    def _list(self, what):
        return self._call("list", what=what)["names"]

    def list_catalogs(self):
        """The catalogs."""
        return self._list("catalogs")

    def list_databases(self):
        """The databases of the current catalog."""
        return self._list("databases")

    def list_tables(self):
        """The tables and views of the current database."""
        return self._list("tables")

    def list_views(self):
        """The views of the current database."""
        return self._list("views")

    def list_temporary_tables(self):
        """The tables and views of this session."""
        return self._list("temporary_tables")

    def list_temporary_views(self):
        """The views of this session."""
        return self._list("temporary_views")

    def list_functions(self):
        """All functions."""
        return self._list("functions")

    def list_user_defined_functions(self):
        """The user's functions."""
        return self._list("user_defined_functions")

    def list_modules(self):
        """The modules."""
        return self._list("modules")

    def list_materialized_tables(self):
        """The materialized tables, of which there are none."""
        return []

    def get_catalog(self, catalog_name):
        """A catalog by name, None if there is none."""
        return Catalog(self, catalog_name) if catalog_name in self.list_catalogs() else None

    def create_catalog(self, catalog_name, catalog_descriptor):
        """Creates a catalog."""
        options = ", ".join("%s = %s" % (string_literal(k), string_literal(v))
                            for k, v in catalog_descriptor._configuration.to_dict().items())
        self.execute_sql("CREATE CATALOG %s WITH (%s)" % (quote(catalog_name), options))

    def get_current_catalog(self):
        """The current catalog."""
        return self._call("current")["catalog"]

    def get_current_database(self):
        """The current database."""
        return self._call("current")["database"]

    def use_catalog(self, catalog_name):
        """Makes a catalog the current one."""
        self.execute_sql("USE CATALOG %s" % quote(catalog_name))

    def use_database(self, database_name):
        """Makes a database the current one."""
        self.execute_sql("USE %s" % quote(database_name))

    def get_config(self):
        """The configuration."""
        return self._config

    # functions

    def _register(self, scope, path, function):
        self._call("register_function", scope=scope, path=path, definition=wrap(function)._definition())

    def create_temporary_system_function(self, name, function):
        """Gives a Python function a name in every catalog of this session."""
        self._register("temporary_system", name, function)

    def create_temporary_function(self, path, function):
        """Gives a Python function a name in a catalog, for this session."""
        self._register("temporary", path, function)

    def register_function(self, name, function):
        """As create_temporary_system_function."""
        self.create_temporary_system_function(name, function)

    def drop_temporary_system_function(self, name):
        """Takes a function's name away; tells whether there was one."""
        return self._drop("temporary_system_function", name)

    def drop_temporary_function(self, path):
        """Takes a function's name away; tells whether there was one."""
        return self._drop("temporary_function", path)

    def drop_function(self, path):
        """Drops a function of the catalog; tells whether there was one."""
        return self._drop("function", path)

    # files

    def add_python_file(self, file_path):
        """Makes a file or folder importable for the program and its functions."""
        functions.add_path(file_path)

    def set_python_requirements(self, requirements_file_path, requirements_cache_dir=None):
        """Names packages that the functions need: they must be in the program's own Python."""
        functions.check_requirements(requirements_file_path)

    def add_python_archive(self, archive_path, target_dir=None):
        """Unpacks an archive in the functions' working folder."""
        functions.add_archive(archive_path, target_dir)


class StreamTableEnvironment(TableEnvironment):
    """A table environment beside a stream environment, whose options it has too."""

    _weir_missing = dict(
        from_data_stream=REMEDY_DATASTREAM, from_changelog_stream=REMEDY_DATASTREAM, to_data_stream=REMEDY_DATASTREAM,
        to_changelog_stream=REMEDY_DATASTREAM, to_append_stream=REMEDY_DATASTREAM, to_retract_stream=REMEDY_DATASTREAM,
        get_gateway=REMEDY_JVM)

    @staticmethod
    def create(stream_execution_environment=None, table_config=None, environment_settings=None):
        """A session with the given stream environment's options and the given settings."""
        if isinstance(table_config, EnvironmentSettings):
            environment_settings, table_config = table_config, None
        settings = environment_settings or EnvironmentSettings.in_streaming_mode()
        options = Configuration()
        if stream_execution_environment is not None:
            options.add_all(stream_execution_environment._configuration)
        if table_config is not None:
            options.add_all(table_config.get_configuration())
        env = StreamTableEnvironment(settings, options)
        if stream_execution_environment is not None:
            stream_execution_environment._attach(env)
        return env


class BatchTableEnvironment(TableEnvironment):
    """A table environment in batch mode, as it was called until Flink 1.13."""

    @staticmethod
    def create(execution_environment=None, table_config=None, environment_settings=None):
        """A session in batch mode."""
        env = BatchTableEnvironment(environment_settings or EnvironmentSettings.in_batch_mode())
        if table_config is not None:
            env.get_config().add_configuration(table_config.get_configuration())
        return env
