-- People who opened an auction in the ten seconds in which they came.
-- Flink 2.3.0: 8392 rows, sha256 f6af96c185e8676f2c509afe0624b4f7e3834f40321542a1de6e782ad5c41194
SELECT p.id, p.name, p.window_start AS stime
FROM (
  SELECT id, name, window_start, window_end
  FROM TABLE(TUMBLE(TABLE person, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  GROUP BY id, name, window_start, window_end
) AS p JOIN (
  SELECT seller, window_start, window_end
  FROM TABLE(TUMBLE(TABLE auction, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  GROUP BY seller, window_start, window_end
) AS a ON a.seller = p.id AND a.window_start = p.window_start AND a.window_end = p.window_end
