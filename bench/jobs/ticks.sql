CREATE TABLE ticks (
  event_time TIMESTAMP(3),
  ticker STRING,
  price DOUBLE,
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  'connector' = 'filesystem',
  'path' = '{input}',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);
