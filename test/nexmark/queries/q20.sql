-- Bids on auctions of category 10.
-- Flink 2.3.0: 182819 rows, sha256 3b0eb87d248b9e0f4bcb4b22bb99a35f9b0745505243b2153975946a3406679f
SELECT b.auction, b.bidder, b.price, b.channel, b.url, b.`dateTime` AS bid_dateTime, b.extra AS bid_extra,
  a.itemName, a.description, a.initialBid, a.reserve, a.`dateTime` AS auction_dateTime, a.expires, a.seller, a.category,
  a.extra AS auction_extra
FROM bid AS b JOIN auction AS a ON a.id = b.auction
WHERE a.category = 10
