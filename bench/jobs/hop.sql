-- Job D: as A, hopping by a second.
CREATE TABLE averages (window_start TIMESTAMP(3), ticker STRING, n BIGINT, price DOUBLE)
WITH ('connector' = 'filesystem', 'path' = '{output}', 'format' = 'csv');

INSERT INTO averages
SELECT window_start, ticker, COUNT(*), AVG(price)
FROM TABLE(HOP(TABLE ticks, DESCRIPTOR(event_time), INTERVAL '1' SECOND, INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, ticker;
