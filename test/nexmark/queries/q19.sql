-- The ten highest bids of each auction.
-- Flink 2.3.0: 441997 rows, sha256 500cf10e7915cf8b28cc7d09d13f5d8d3a2f26ff9f35be2ee81cf49d149e88e9
SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rank_number
FROM bid
QUALIFY rank_number <= 10
