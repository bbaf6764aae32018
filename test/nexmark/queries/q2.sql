-- Bids on some auctions.
-- Flink 2.3.0: 6883 rows, sha256 bf2ef8d61787f12c2a97b6421606e34bde0cf09531aa5f143afa5976a11e839d
SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0
