-- How many bids a person made in each session.
-- Flink 2.3.0: 19929 rows, sha256 d5b75e9de63454c7c925c7a503ce1ef511b7078e4a686157734c134d49096d71
-- Refused here: SESSION windows are not supported by this version of Weir
SELECT bidder, COUNT(*) AS bid_count,
  SESSION_START(`dateTime`, INTERVAL '10' SECOND) AS starttime, SESSION_END(`dateTime`, INTERVAL '10' SECOND) AS endtime
FROM bid
GROUP BY bidder, SESSION(`dateTime`, INTERVAL '10' SECOND)
