-- The average of the winning prices of each category.
-- Flink 2.3.0: 5 rows, sha256 a29b7a167bc90ae354a98f3a081cbe3282803571ad38aa4d01d0527453007fff
SELECT category AS id, AVG(final) AS final
FROM (
  SELECT a.id, a.category, MAX(b.price) AS final
  FROM auction AS a JOIN bid AS b ON b.auction = a.id AND b.`dateTime` BETWEEN a.`dateTime` AND a.expires
  GROUP BY a.id, a.category
)
GROUP BY category
