package io.breakwater.iceberg.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import io.breakwater.iceberg.history.Upkeep;
import org.apache.spark.sql.RuntimeConfig;
import org.junit.jupiter.api.Test;

/** No procedure touches an encrypted table: what it would write would not be encrypted. */
class EncryptedTableTest {

  @Test
  void everyProcedure_ofAnEncryptedTable_isRefused() {
    try (LocalSpark spark = LocalSpark.start()) {
      spark.createTable("lake.db.t", 100, 2, "");
      spark.sql("DELETE FROM lake.db.t WHERE id IN (1, 80)");
      long snapshot = spark.table("lake.db.t").currentSnapshot().snapshotId();
      RuntimeConfig conf = spark.session().conf();
      conf.set("spark.sql.catalog.secret", "org.apache.iceberg.spark.SparkCatalog");
      conf.set("spark.sql.catalog.secret.catalog-impl", EncryptedCatalog.class.getName());
      conf.set("spark.sql.catalog.secret.warehouse", conf.get("spark.sql.catalog.lake.warehouse"));

      for (Upkeep upkeep : Upkeep.ours()) {
        String call = upkeep.firstCall("secret", "db.t").sql();
        assertThatThrownBy(() -> spark.sql(call))
            .as(call)
            .isInstanceOf(UnsupportedOperationException.class)
            .hasMessageStartingWith("Cannot ")
            .hasMessageContaining("the table is encrypted, which is not supported");
      }

      assertThat(spark.table("lake.db.t").currentSnapshot().snapshotId()).isEqualTo(snapshot);
    }
  }
}
