-- Who sells in category 10 in three states.
-- Flink 2.3.0: 6352 rows, sha256 466785aa7ebea565c4903b91bd88fadc5ac0a25384cd93da0519d4c88d5ccca8
SELECT p.name, p.city, p.state, a.id
FROM auction AS a JOIN person AS p ON p.id = a.seller
WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')
