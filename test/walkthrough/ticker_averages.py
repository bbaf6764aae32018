"""A minute's average price for each ticker: from a Kinesis stream to CSV in S3.

Written the way users write programs for FLINK-1_11 runtimes: settings come from
the application's property groups, tables from DDL, the window from the Table API
with string expressions.
"""
import json
import os

from pyflink.table import EnvironmentSettings, StreamTableEnvironment
from pyflink.table.window import Tumble

PROPERTIES = "/etc/flink/application_properties.json"

TICKS = """
CREATE TABLE ticks (
  ticker VARCHAR(6),
  price DOUBLE,
  event_time TIMESTAMP(3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) PARTITIONED BY (ticker) WITH (
  'connector' = 'kinesis',
  'stream' = '{stream}',
  'aws.region' = '{region}',
  'scan.stream.initpos' = '{position}',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
)"""

AVERAGES = """
CREATE TABLE averages (
  ticker VARCHAR(6),
  price DOUBLE,
  event_time TIMESTAMP(3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) PARTITIONED BY (ticker) WITH (
  'connector' = 'filesystem',
  'path' = 's3a://{bucket}/',
  'format' = 'csv',
  'sink.partition-commit.policy.kind' = 'success-file',
  'sink.partition-commit.delay' = '{delay}'
)"""


def groups():
    if not os.path.isfile(PROPERTIES):
        raise SystemExit("no property groups at " + PROPERTIES)
    with open(PROPERTIES) as f:
        return {g["PropertyGroupId"]: g["PropertyMap"] for g in json.load(f)}


def main():
    settings = EnvironmentSettings.new_instance().in_streaming_mode().use_blink_planner().build()
    env = StreamTableEnvironment.create(environment_settings=settings)
    props = groups()
    source, sink = props["consumer.config.0"], props["sink.config.0"]
    env.execute_sql(TICKS.format(
        stream=source["input.stream.name"],
        region=source["aws.region"],
        position=source["flink.stream.initpos"]))
    env.execute_sql(AVERAGES.format(
        bucket=sink["output.bucket.name"],
        delay=sink.get("commit.delay", "1 min")))
    averages = (
        env.from_path("ticks")
        .window(Tumble.over("1.minute").on("event_time").alias("w"))
        .group_by("ticker, w")
        .select("ticker, price.avg as price, w.end as event_time"))
    averages.execute_insert("averages").wait()


if __name__ == "__main__":
    main()
