-- The number of the channel of a bid, from its name or its address.
-- Flink 2.3.0: 874109 rows, sha256 35a0090da599ad245b4061371bd4bcd56e2aca198f3a9abf50b3da324d8a3b8d
SELECT auction, bidder, price, channel, channel_id
FROM (
  SELECT *, CASE LOWER(channel)
      WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3'
      ELSE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2)
    END AS channel_id
  FROM bid
)
WHERE channel_id IS NOT NULL
