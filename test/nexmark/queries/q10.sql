-- Bids with the day and the minute of their partition.
-- Flink 2.3.0: 920000 rows, sha256 e1f3df8b5b68b492937f884ff33a5c1d3898a88786768e462ff2d5da09e062ab
SELECT auction, bidder, price, `dateTime`, extra,
  DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS dt, DATE_FORMAT(`dateTime`, 'HH:mm') AS hm
FROM bid
