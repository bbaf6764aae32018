"""Names that programs import are there, or fail by name when used."""

import os
import subprocess
import sys
import unittest

from pyflink._weir.missing import UnsupportedApiError


class SurfaceTest(unittest.TestCase):
    def test_names_that_programs_import(self):
        from pyflink.common import Configuration, Row, Types, WatermarkStrategy  # noqa: F401
        from pyflink.common.time import Duration, Time  # noqa: F401
        from pyflink.datastream import CheckpointingMode, StreamExecutionEnvironment, TimeCharacteristic  # noqa: F401
        from pyflink.table import (  # noqa: F401
            DataTypes, EnvironmentSettings, Schema, StatementSet, StreamTableEnvironment, Table, TableConfig,
            TableDescriptor, TableEnvironment, TableResult)
        from pyflink.table.catalog import ObjectPath  # noqa: F401
        from pyflink.table.expressions import call, col, concat, lit, UNBOUNDED_RANGE  # noqa: F401
        from pyflink.table.udf import ScalarFunction, udf, udtf  # noqa: F401
        from pyflink.table.window import Over, Session, Slide, Tumble  # noqa: F401

    def test_missing_names_fail_when_used(self):
        from pyflink.common.serialization import SimpleStringSchema
        from pyflink.datastream import KeyedProcessFunction, StreamExecutionEnvironment
        from pyflink.datastream.connectors import FlinkKinesisConsumer
        from pyflink.datastream.connectors.kafka import KafkaSource
        from pyflink.java_gateway import get_gateway

        class Mine(KeyedProcessFunction):
            pass
        env = StreamExecutionEnvironment.get_execution_environment()
        for use, name in (
                (lambda: SimpleStringSchema(), "pyflink.common.serialization.SimpleStringSchema"),
                (lambda: Mine(), "pyflink.datastream.KeyedProcessFunction"),
                (lambda: FlinkKinesisConsumer("s"), "pyflink.datastream.connectors.FlinkKinesisConsumer"),
                (lambda: KafkaSource.builder(), "pyflink.datastream.connectors.kafka.KafkaSource.builder"),
                (lambda: get_gateway(), "pyflink.java_gateway.get_gateway()"),
                (lambda: env.from_collection([1]), "StreamExecutionEnvironment.from_collection"),
                (lambda: env._j_stream_execution_environment, "StreamExecutionEnvironment._j_")):
            with self.assertRaisesRegex(UnsupportedApiError, "Weir does not support " + name.replace("(", r"\(").replace(")", r"\)")):
                use()

    def test_a_name_that_flink_has_not_is_an_import_error(self):
        with self.assertRaises(ImportError):
            from pyflink.table import Nonsense  # noqa: F401
        with self.assertRaises(ImportError):
            import pyflink.nonsense  # noqa: F401

    def test_py4j_errors_can_be_caught(self):
        from py4j.protocol import Py4JJavaError
        from pyflink.util.exceptions import TableException, from_engine
        with self.assertRaises(Py4JJavaError):
            raise from_engine("ValidationException", "no such column")
        self.assertIsInstance(from_engine("ValidationException", "x"), TableException)
        self.assertEqual("no such column", str(from_engine("ValidationException", "no such column")))

    def test_without_weir_the_error_says_how_to_run(self):
        from pyflink.table import EnvironmentSettings, TableEnvironment
        with self.assertRaisesRegex(Exception, "weir run"):
            TableEnvironment.create(EnvironmentSettings.in_streaming_mode())

    def test_modules_import_in_any_order(self):
        for module in ("pyflink.common", "pyflink.datastream", "pyflink.table.window", "pyflink.table.types",
                       "pyflink.util.exceptions", "pyflink.common.typeinfo", "pyflink.table.udf"):
            subprocess.check_call([sys.executable, "-c", "import " + module],
                                  env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)))


class SettingsTest(unittest.TestCase):
    def test_builders(self):
        from pyflink.table import EnvironmentSettings
        old = EnvironmentSettings.new_instance().in_streaming_mode().use_blink_planner().build()
        self.assertTrue(old.is_streaming_mode())
        self.assertFalse(EnvironmentSettings.in_batch_mode().is_streaming_mode())
        self.assertEqual("default_catalog", old.get_built_in_catalog_name())

    def test_checkpoint_options(self):
        from pyflink.datastream import CheckpointingMode, StreamExecutionEnvironment
        env = StreamExecutionEnvironment.get_execution_environment()
        env.enable_checkpointing(5000, CheckpointingMode.AT_LEAST_ONCE)
        env.get_checkpoint_config().set_min_pause_between_checkpoints(1000)
        self.assertEqual({"execution.checkpointing.interval": "5000 ms",
                          "execution.checkpointing.mode": "AT_LEAST_ONCE",
                          "execution.checkpointing.min-pause": "1000 ms"}, env._configuration.to_dict())
        self.assertEqual(5000, env.get_checkpoint_interval())

    def test_descriptor_is_ddl(self):
        from pyflink.table import DataTypes, Schema, TableDescriptor
        d = (TableDescriptor.for_connector("kinesis").option("stream", "it's").format("json")
             .schema(Schema.new_builder().column("a", DataTypes.INT().not_null()).column("ts", "TIMESTAMP(3)")
                     .column_by_expression("b", "a + 1").watermark("ts", "ts - INTERVAL '5' SECOND")
                     .primary_key("a").build())
             .partitioned_by("a").build())
        self.assertEqual(
            "CREATE TEMPORARY TABLE `t` (\n  `a` INT NOT NULL,\n  `ts` TIMESTAMP(3),\n  `b` AS a + 1,\n"
            "  WATERMARK FOR `ts` AS ts - INTERVAL '5' SECOND,\n  PRIMARY KEY (`a`) NOT ENFORCED\n)\n"
            "PARTITIONED BY (`a`)\nWITH (\n  'connector' = 'kinesis',\n  'stream' = 'it''s',\n  'format' = 'json'\n)",
            d._ddl("t", True, False))

    def test_rows(self):
        from pyflink.common import Row, RowKind
        person = Row("name", "age")
        alice = person("Alice", 11)
        self.assertEqual("Row(name='Alice', age=11)", repr(alice))
        self.assertEqual({"name": "Alice", "age": 11}, alice.as_dict())
        self.assertEqual(("Alice", 11), (alice["name"], alice.age))
        self.assertEqual(RowKind.DELETE, Row.of_kind(RowKind.DELETE, 1).get_row_kind())


if __name__ == "__main__":
    unittest.main()
