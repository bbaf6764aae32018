-- The auctions with the most bids in the last ten seconds, every two.
-- Flink 2.3.0: 57 rows, sha256 5304752a9ab64734b7c8eeaff70b9fee6a90cee02ea0cacb6cad8493b2a00437
WITH counted AS (
  SELECT auction, window_start, window_end, COUNT(*) AS num
  FROM TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
  GROUP BY auction, window_start, window_end
), most AS (
  SELECT window_start, window_end, MAX(num) AS num FROM counted GROUP BY window_start, window_end
)
SELECT c.auction, c.num
FROM counted AS c JOIN most AS m
  ON c.window_start = m.window_start AND c.window_end = m.window_end AND c.num >= m.num
