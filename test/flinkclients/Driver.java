import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;

/** Speaks to a SQL Gateway through Flink's JDBC driver, and prints what comes. */
public class Driver {
    private static final String[] STATEMENTS = {
        "CREATE TABLE t (id INT NOT NULL, name STRING, d DECIMAL(10, 2), ts TIMESTAMP(3), b BOOLEAN, PRIMARY KEY (id) NOT ENFORCED) WITH ("
                + "'connector' = 'datagen', 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '2')",
        "CREATE TABLE s (id INT, name STRING) WITH ('connector' = 'blackhole')",
        "SHOW TABLES",
        "DESCRIBE t",
        "SELECT id, CAST(1.5 AS DECIMAL(10, 2)), TIMESTAMP '2020-01-01 00:00:00.123', DATE '2020-01-02', TIME '10:11:12', TRUE, "
                + "CAST(1.5 AS DOUBLE), CAST(NULL AS STRING), CAST(7 AS BIGINT), MAP['a', 1] FROM t",
        "SELECT CAST(TIMESTAMP '2020-01-01 00:00:00' AS TIMESTAMP_LTZ(3)), CAST(3 AS SMALLINT), CAST(2 AS TINYINT), CAST(1.5 AS FLOAT)",
        "SELECT ARRAY[1, 2]",
        "SELECT COUNT(*) FROM t",
        "INSERT INTO s SELECT id, name FROM t",
        "SELECT * FROM nope",
        "SELEC 1",
        "SET 'parallelism.default' = '1'",
        "CREATE CATALOG c WITH ('type' = 'generic_in_memory')",
    };

    public static void main(String[] args) throws Exception {
        Class.forName("org.apache.flink.table.jdbc.FlinkDriver");
        try (Connection c = DriverManager.getConnection("jdbc:flink://127.0.0.1:" + args[0])) {
            DatabaseMetaData md = c.getMetaData();
            System.out.println(md.getDatabaseProductName() + " " + md.getDatabaseProductVersion() + ", " + c.getCatalog() + "." + c.getSchema());
            try (Statement s = c.createStatement()) {
                for (String sql : STATEMENTS) {
                    tell(sql, () -> {
                        if (s.execute(sql)) {
                            show(s.getResultSet());
                        }
                    });
                }
            }
            c.setCatalog("c");
            System.out.println(c.getCatalog() + "." + c.getSchema());
            c.setCatalog("default_catalog");
            c.setSchema("default_database");
            System.out.println(c.getCatalog() + "." + c.getSchema());
            tell("getCatalogs", () -> show(md.getCatalogs()));
            tell("getSchemas", () -> show(md.getSchemas()));
            tell("getTables", () -> show(md.getTables("default_catalog", "default_database", null, null)));
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void tell(String what, Action a) {
        System.out.println("> " + what);
        try {
            a.run();
        } catch (Throwable e) {
            System.out.println("failed: " + e.getClass().getName());
        }
    }

    private static void show(ResultSet rows) throws Exception {
        ResultSetMetaData m = rows.getMetaData();
        StringBuilder line = new StringBuilder();
        for (int i = 1; i <= m.getColumnCount(); i++) {
            line.append(m.getColumnName(i)).append(' ').append(m.getColumnTypeName(i)).append(" (").append(m.getColumnType(i)).append(") | ");
        }
        System.out.println(line);
        while (rows.next()) {
            line = new StringBuilder();
            for (int i = 1; i <= m.getColumnCount(); i++) {
                line.append(rows.getObject(i)).append(" | ");
            }
            System.out.println(line);
        }
    }
}
