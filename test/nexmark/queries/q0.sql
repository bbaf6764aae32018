-- Bids as they are.
-- Flink 2.3.0: 920000 rows, sha256 4de18bfc55cf3be7a0ff15f8d77e5f5e6c207067564187a4fefbdea570be4e7b
SELECT auction, bidder, price, `dateTime`, extra FROM bid
