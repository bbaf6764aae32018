INSERT /* ERROR "expected INTO or OVERWRITE" */ t SELECT 1

INSERT INTO t PARTITION (a /* ERROR "expected \"=\"" */ ) SELECT 1

EXECUTE STATEMENT SET BEGIN
/* ERROR "Encountered \"END\", expected INSERT" */ END

EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1 /* ERROR "Encountered \"END\"" */ END

SHOW /* ERROR "did you mean TABLES?" */ TABELS

SHOW TABLES /* ERROR "Encountered \"db1\"" */ db1

SHOW CATALOGS NOT /* ERROR "did you mean ILIKE?" */ ILIKES 'a'

USE MODULES /* ERROR "Encountered \"\'core\'\", expected an identifier" */ 'core'

LOAD MODULE /* ERROR "Encountered \"\'dummy\'\"" */ 'dummy'

STOP JOB 'a' /* ERROR "WITH DRAIN could only be used after WITH SAVEPOINT" */ WITH DRAIN

EXPLAIN /* ERROR "EXPLAIN explains only CREATE TABLE … AS" */ CREATE TABLE t (a INT)

SELECT 1;
SELECT 2;
/* ERROR "did you mean SELECT?" */ SELET 3;

SELECT 'ü', /* ERROR "this string is not closed" */ 'abc

SELECT a /* ERROR "names are quoted with back-ticks" */ "b"

SELECT /* ERROR "not closed on its line" */ `a

SELECT a /* ERROR "Encountered the character '#'" */ # b

SELECT 1 /* ERROR "this comment is not closed" */ /* abc

SET 'a' /* ERROR "expected \"=\"" */ b

/* ERROR "expected one of: SELECT" */ 'abc'
