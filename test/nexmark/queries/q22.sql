-- The directories of the addresses of bids.
-- Flink 2.3.0: 920000 rows, sha256 fadcf40e0cdbcec5b470f6fbbe787895bdec3ebb1840e688544d92f9e882c93c
SELECT auction, bidder, price, channel,
  SPLIT_INDEX(url, '/', 3) AS dir1, SPLIT_INDEX(url, '/', 4) AS dir2, SPLIT_INDEX(url, '/', 5) AS dir3
FROM bid
