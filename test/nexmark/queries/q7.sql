-- The highest bid of every ten seconds. The published query has price and bidder in the other order than its columns.
-- Flink 2.3.0: 10 rows, sha256 dad42a37033a69b726921fb4b9c3f837d507fdcfafb685c8330c6ffd2d1d546a
SELECT b.auction, b.price AS bidder, b.bidder AS price, b.`dateTime`, b.extra
FROM bid AS b JOIN (
  SELECT MAX(price) AS price, window_end AS `dateTime`
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  GROUP BY window_start, window_end
) AS m ON m.price = b.price AND b.`dateTime` BETWEEN m.`dateTime` - INTERVAL '10' SECOND AND m.`dateTime`
