-- Prices in another currency.
-- Flink 2.3.0: 920000 rows
SELECT auction, bidder, 0.908 * price AS price, `dateTime`, extra FROM bid
