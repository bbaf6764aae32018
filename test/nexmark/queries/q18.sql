-- Each bidder's last bid in each auction.
-- Flink 2.3.0: 293097 rows, sha256 b6073e071b52d7a0db01eafb1fd1ef5569dd8d0f0bb16566f8466ca56807dccc
SELECT auction, bidder, price, channel, url, `dateTime`, extra
FROM bid
QUALIFY ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY `dateTime` DESC) = 1
