CREATE /* ERROR "did you mean TABLE?" */ TABEL t (a INT)

CREATE TABLE t (a INT) /* ERROR "did you mean WITH?" */ WTH ('a' = 'b')

CREATE TABLE t (a INT, /* ERROR "ORDER is a reserved word; as a name, quote it with back-ticks: `order`" */ order INT)

CREATE TABLE t (a INT, b /* ERROR "expected" */ , c INT)

CREATE TABLE t (a INT, /* ERROR "remove the comma before it" */ )

CREATE TABLE t (a INT, PRIMARY KEY (a) NOT /* ERROR "did you mean ENFORCED?" */ ENFORCD)

CREATE TABLE t (a INT, WATERMARK FOR a AS a, /* ERROR "Multiple WATERMARK declarations are not supported yet" */ WATERMARK FOR a AS a)

CREATE TABLE t (a INT, b AS (/* ERROR "a query cannot stand in this expression" */ SELECT 1))

CREATE TABLE t (/* ERROR "give each column its type" */ a, b) WITH ('x' = 'y')

CREATE TABLE t (a INT) WITH (/* ERROR "write 'connector' = '…'" */ connector = 'x')

CREATE TABLE t (a INT) WITH ('a' = /* ERROR "the value of an option must be a string in single quotes (write 'a' = '5')" */ 5)

CREATE TABLE t (a INT) WITH ('a' = 'b', 'c' /* ERROR "Encountered \"5\", expected \"=\"" */ 5)

CREATE TABLE t (a DECIMAL(10, /* ERROR "expected a whole number" */ x))

CREATE TABLE t (a VARCHAR(/* ERROR "greater than 2147483647" */ 99999999999))

CREATE TABLE t (a /* ERROR "expected" */ 5)

CREATE TABLE t (a MAP<INT, /* ERROR "remove the comma" */)

CREATE TABLE t (a INT /* ERROR "Encountered the end of the statement" */

CREATE /* ERROR "system functions can only be registered as temporary function" */ SYSTEM FUNCTION f AS 'x'

CREATE TEMPORARY /* ERROR "Encountered \"DATABASE\"" */ DATABASE d

CREATE CATALOG a/* ERROR "Encountered \".\"" */ .b WITH ('x' = 'y')

CREATE FUNCTION f AS 'x' LANGUAGE JAVA USING /* ERROR "expected JAR or ARTIFACT" */ FILE 'y'

CREATE VIEW v (/* ERROR "expected an identifier" */ ) AS SELECT 1

DROP /* ERROR "did you mean TABLE?" */ TABL t

ALTER TABLE t /* ERROR "did you mean RENAME?" */ RENMAE TO u

ALTER TABLE t DROP PARTITION (p = /* ERROR "a partition's value must be a literal" */ a)

ALTER VIEW v RENAME /* ERROR "Encountered \"a\"" */ a TO b

CREATE TABLE t (a ARRAY</* ERROR "INTERVAL is not the type of a column" */ INTERVAL DAY>)
