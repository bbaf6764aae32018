"""The demo's application: the average price a minute of each ticker.

Reads JSON records from a Kinesis stream and writes CSV files to S3, a folder a
ticker. Names come from the application's property groups.
"""
import json

from pyflink.table import EnvironmentSettings, TableEnvironment
from pyflink.table.expressions import col, lit
from pyflink.table.window import Tumble

PROPERTIES = "/etc/flink/application_properties.json"


def properties(group):
    with open(PROPERTIES) as f:
        for g in json.load(f):
            if g["PropertyGroupId"] == group:
                return g["PropertyMap"]
    raise KeyError("there is no property group " + group)


def main():
    source, sink = properties("consumer.config.0"), properties("sink.config.0")
    env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    env.execute_sql("""
        CREATE TABLE ticks (
            ticker VARCHAR(6),
            price DOUBLE,
            event_time TIMESTAMP(3),
            WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
        ) WITH (
            'connector' = 'kinesis',
            'stream' = '{0}',
            'aws.region' = '{1}',
            'scan.stream.initpos' = '{2}',
            'format' = 'json',
            'json.timestamp-format.standard' = 'ISO-8601'
        )""".format(source["input.stream.name"], source["aws.region"], source["flink.stream.initpos"]))
    env.execute_sql("""
        CREATE TABLE averages (
            ticker VARCHAR(6),
            average DOUBLE,
            window_end TIMESTAMP(3)
        ) PARTITIONED BY (ticker) WITH (
            'connector' = 'filesystem',
            'path' = 's3a://{0}/averages/',
            'format' = 'csv',
            'sink.partition-commit.policy.kind' = 'success-file',
            'sink.partition-commit.delay' = '0 s'
        )""".format(sink["output.bucket.name"]))
    minutes = env.from_path("ticks") \
        .window(Tumble.over(lit(1).minutes).on(col("event_time")).alias("w")) \
        .group_by(col("ticker"), col("w")) \
        .select(col("ticker"), col("price").avg.alias("average"), col("w").end.alias("window_end"))
    minutes.execute_insert("averages").wait()


if __name__ == "__main__":
    main()
