package io.breakwater.lineage.streaming;

import io.breakwater.lineage.dataset.IcebergDataset;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.Spark3Util.CatalogAndIdentifier;
import org.apache.iceberg.spark.source.SparkTable;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/** An Iceberg table that a streaming query reads or writes. */
final class IcebergStreamTable {

  private IcebergStreamTable() {}

  /** The table as a dataset. Takes the time that its catalog takes. */
  static ObjectNode dataset(SparkSession spark, Table table) {
    org.apache.iceberg.Table iceberg = ((SparkTable) table).table();
    CatalogAndIdentifier found =
        Spark3Util.catalogAndIdentifier("a streaming query", spark, iceberg.name());
    if (found.catalog() instanceof TableCatalog catalog) {
      return IcebergDataset.of(spark, catalog, found.identifier(), iceberg);
    }
    throw new IllegalStateException(
        "Cannot name %s: %s is no catalog of tables"
            .formatted(iceberg.name(), found.catalog().name()));
  }
}
