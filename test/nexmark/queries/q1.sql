-- Prices in another currency.
-- Flink 2.3.0: 920000 rows, sha256 d7ae85b5a3cccad34da7d878de04352d7ab3fb37e43e2e8279a286873bca7acc
SELECT auction, bidder, 0.908 * price AS price, `dateTime`, extra FROM bid
