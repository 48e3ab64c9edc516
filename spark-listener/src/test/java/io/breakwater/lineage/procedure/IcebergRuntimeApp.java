package io.breakwater.lineage.procedure;

import io.breakwater.lineage.LineageSession;
import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.IcebergBuild;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Writes to a table and calls procedures, then prints which Iceberg it was and what it did. */
final class IcebergRuntimeApp {

  private IcebergRuntimeApp() {}

  public static void main(String[] args) throws Exception {
    try (LineageSession session = LineageSession.start(Path.of(args[0]), Map.of())) {
      SparkSession spark = session.spark();
      spark.sql(
          "CREATE TABLE ice.db.t (id BIGINT) USING iceberg TBLPROPERTIES"
              + " ('format-version'='3','write.delete.mode'='merge-on-read')");
      spark.sql("INSERT INTO ice.db.t SELECT id FROM range(0, 10, 1, 1)");
      spark.sql("INSERT INTO ice.db.t SELECT id FROM range(10, 20, 1, 1)");
      spark.sql("DELETE FROM ice.db.t WHERE id % 10 = 3");
      spark.sql(
          "CALL ice.system.rewrite_data_files(table => 'db.t',"
              + " options => map('rewrite-all', 'true'))");
      spark.sql("INSERT INTO ice.db.t VALUES (-1)");
      for (Row row :
          spark
              .sql("SELECT snapshot_id, operation FROM ice.db.t.snapshots ORDER BY committed_at")
              .collectAsList()) {
        System.out.println("snapshot " + row.getLong(0) + " " + row.getString(1));
      }
      spark.sql(
          "CALL ice.system.expire_snapshots(table => 'db.t',"
              + " older_than => TIMESTAMP '2099-01-01 00:00:00', retain_last => 1)");
      session.stop();
    }
    System.out.println("on Iceberg " + IcebergBuild.version());
  }
}
