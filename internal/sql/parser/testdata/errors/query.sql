SELECT a /* ERROR "did you mean FROM?" */ FORM t x

/* ERROR "did you mean SELECT?" */ SELCT a FROM t

SELECT a FROM t /* ERROR "did you mean WHERE?" */ WHER a = 1

SELECT a FROM t /* ERROR "did you mean GROUP?" */ GRUOP BY a

SELECT a FROM t ORDER /* ERROR "Encountered \"a\", expected BY" */ a

SELECT a, /* ERROR "remove the comma before it" */ FROM t

SELECT a FROM t WHERE /* ERROR "Encountered the end of the statement, expected" */

SELECT (a + 1 /* ERROR "Encountered \"FROM\"" */ FROM t

SELECT a FROM /* ERROR "expected" */ WHERE a = 1

SELECT a /* ERROR "Bang equal '!=' is not allowed under the current SQL conformance level (write <> instead of !=)" */ != 1

SELECT a FROM t WHERE b = /* ERROR "dynamic parameters are not supported" */ ?

SELECT a AS /* ERROR "END is a reserved word; as a name, quote it with back-ticks: `end`" */ end FROM t

SELECT /* ERROR "DAY is a reserved word" */ day FROM t

SELECT 1 /* ERROR "write EXCEPT instead of MINUS" */ MINUS SELECT 2

SELECT a FROM t LIMIT 1 /* ERROR "Encountered \",\"" */ , 2

SELECT * FROM a NATURAL /* ERROR "expected JOIN, INNER, LEFT" */ b

SELECT * FROM (/* ERROR "Expected query or join" */ t)

SELECT * FROM (a JOIN b ON TRUE) AS /* ERROR "a join in parentheses cannot have an alias" */ x

SELECT CASE /* ERROR "expected" */ END

SELECT /* ERROR "MAP requires an even number of arguments" */ MAP['a', 1, 'b']

SELECT INTERVAL '1' /* ERROR "expected YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE or SECOND" */ FORTNIGHT

SELECT INTERVAL '1' DAY TO /* ERROR "an interval cannot go from DAY to YEAR" */ YEAR

SELECT a NOT /* ERROR "expected IN, BETWEEN, LIKE or SIMILAR" */ NULL FROM t

SELECT CAST(a AS INT /* ERROR "Encountered \"NOT\"" */ NOT NULL)

SELECT a FROM t /* ERROR "Encountered \")\"" */ )

SELECT f(a, /* ERROR "remove the comma before it" */ )

SELECT f(a, /* ERROR "put the query in parentheses" */ SELECT 1)

SELECT /*+ X('a' = 'b', /* ERROR "the arguments of a hint must be of one kind" */ c) */ a FROM t

SELECT COUNT(*) OVER (ROWS BETWEEN 1 PRECEDING /* ERROR "Encountered \",\", expected AND" */ , 2 FOLLOWING) FROM t

SELECT /* ERROR "X'ABC' is not a binary literal" */ X'ABC'

SELECT /* ERROR "malformed Unicode escape" */ U&'\00'
