-- The walk-through's query over files on disk: no stream, no bucket, no server.
-- The test fills in {input} and {output}.
CREATE TABLE ticks (
  ticker VARCHAR(6),
  price DOUBLE,
  event_time TIMESTAMP(3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{input}',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE averages (
  ticker VARCHAR(6),
  price DOUBLE,
  event_time TIMESTAMP(3)
) PARTITIONED BY (ticker) WITH (
  'connector' = 'filesystem',
  'path' = '{output}',
  'format' = 'csv',
  'sink.partition-commit.policy.kind' = 'success-file',
  'sink.partition-commit.delay' = '0 s'
);

INSERT INTO averages
SELECT ticker, AVG(price), TUMBLE_END(event_time, INTERVAL '1' MINUTE)
FROM ticks
GROUP BY ticker, TUMBLE(event_time, INTERVAL '1' MINUTE);
