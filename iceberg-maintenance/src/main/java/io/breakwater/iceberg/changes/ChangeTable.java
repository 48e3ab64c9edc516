package io.breakwater.iceberg.changes;

import java.util.List;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.iceberg.spark.source.SerializableTableWithSize;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * The rows that appear or disappear in some data files, as a table that Spark can scan: the columns
 * of the Iceberg table and {@link ChangeColumns#READ}.
 */
final class ChangeTable implements SupportsRead {
  private final org.apache.iceberg.Table table;
  private final List<FileChanges> files;
  private final List<ChangeCommit> commits;

  private ChangeTable(
      org.apache.iceberg.Table table, List<FileChanges> files, List<ChangeCommit> commits) {
    this.table = table;
    this.files = files;
    this.commits = commits;
  }

  /**
   * The rows as a frame that reads nothing yet. It keeps the schema that the table has now.
   *
   * @param commits the commits with changes, by ordinal
   */
  static Dataset<Row> frame(
      SparkSession spark,
      org.apache.iceberg.Table table,
      List<FileChanges> files,
      List<ChangeCommit> commits) {
    return Dataset.ofRows(
        spark,
        DataSourceV2Relation.create(
            new ChangeTable(SerializableTableWithSize.copyOf(table), files, commits),
            scala.Option.empty(),
            scala.Option.empty(),
            CaseInsensitiveStringMap.empty()));
  }

  @Override
  public String name() {
    return "changes of " + table.name();
  }

  @Override
  @SuppressWarnings("deprecation") // the only method that Spark 3.5 itself falls back on
  public StructType schema() {
    return withReadColumns(SparkSchemaUtil.convert(table.schema()));
  }

  @Override
  public Set<TableCapability> capabilities() {
    return Set.of(TableCapability.BATCH_READ);
  }

  @Override
  public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
    return new Builder();
  }

  private static StructType withReadColumns(StructType columns) {
    StructType all = columns;
    for (StructField field : ChangeColumns.READ.fields()) {
      all = all.add(field);
    }
    return all;
  }

  private final class Builder implements SupportsPushDownRequiredColumns {
    private Schema columns = table.schema();

    @Override
    public void pruneColumns(StructType required) {
      StructType ofTable = new StructType();
      for (StructField field : required.fields()) {
        if (!ChangeColumns.isRead(field.name())) {
          ofTable = ofTable.add(field);
        }
      }
      columns = SparkSchemaUtil.prune(table.schema(), ofTable);
    }

    @Override
    public Scan build() {
      return new ChangeScan(
          table, columns, withReadColumns(SparkSchemaUtil.convert(columns)), files, commits);
    }
  }
}
