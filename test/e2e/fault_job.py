"""Counts records in windows of ten seconds through a Python function; run by the tests of faults."""
import json

from pyflink.table import DataTypes, EnvironmentSettings, StreamTableEnvironment
from pyflink.table.udf import udf

with open("/etc/flink/application_properties.json") as f:
    P = {g["PropertyGroupId"]: g["PropertyMap"] for g in json.load(f)}
source, sink = P["consumer.config.0"], P["sink.config.0"]
env = StreamTableEnvironment.create(
    environment_settings=EnvironmentSettings.new_instance().in_streaming_mode().use_blink_planner().build())


@udf(input_types=[DataTypes.BIGINT()], result_type=DataTypes.BIGINT())
def one_more(x):
    return x + 1


env.create_temporary_function("one_more", one_more)
env.execute_sql(f"""
CREATE TABLE numbers (
  n BIGINT,
  seen TIMESTAMP(3),
  WATERMARK FOR seen AS seen - INTERVAL '1' SECOND
) WITH (
  'connector' = 'kinesis', 'stream' = '{source["input.stream.name"]}', 'aws.region' = '{source["aws.region"]}',
  'scan.stream.initpos' = 'TRIM_HORIZON', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
)""")
env.execute_sql(f"""
CREATE TABLE counts (
  till TIMESTAMP(3),
  records BIGINT,
  total BIGINT
) WITH ('connector' = 'filesystem', 'path' = 's3a://{sink["output.bucket.name"]}/counts/', 'format' = 'csv')""")
env.execute_sql("""
INSERT INTO counts
SELECT TUMBLE_END(seen, INTERVAL '10' SECOND), COUNT(*), SUM(m)
FROM (SELECT seen, one_more(n) AS m FROM numbers)
GROUP BY TUMBLE(seen, INTERVAL '10' SECOND)""").wait()
