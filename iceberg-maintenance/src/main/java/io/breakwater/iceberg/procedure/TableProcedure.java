package io.breakwater.iceberg.procedure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.Spark3Util.CatalogAndIdentifier;
import org.apache.iceberg.spark.source.SparkTable;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.iceberg.catalog.Procedure;
import org.apache.spark.sql.connector.iceberg.catalog.ProcedureParameter;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A procedure on one table of one Iceberg catalog. Its first argument is {@code table}.
 *
 * @param <R> what one row of the result is made of
 */
public abstract class TableProcedure<R> implements Procedure {
  static final Argument TABLE =
      new Argument(
          "table",
          DataTypes.StringType,
          true,
          null,
          "The table, as in `db.t`; a catalog in front must be the one of the `CALL`.");

  private final SparkSession spark;
  private final TableCatalog catalog;

  TableProcedure(SparkSession spark, TableCatalog catalog) {
    this.spark = spark;
    this.catalog = catalog;
  }

  /** The name after {@code system.}. */
  public abstract String name();

  /** What the procedure does, in one sentence. */
  @Override
  public abstract String description();

  /** The arguments in the order of a positional call. */
  public abstract List<Argument> arguments();

  /** The columns of the result. */
  public abstract List<Column<R>> columns();

  abstract List<R> call(Table table, InternalRow arguments);

  @Override
  public final ProcedureParameter[] parameters() {
    return arguments().stream().map(Argument::toParameter).toArray(ProcedureParameter[]::new);
  }

  @Override
  public final StructType outputType() {
    return Column.schema(columns());
  }

  @Override
  public final InternalRow[] call(InternalRow arguments) {
    return Column.rows(columns(), call(load(arguments), arguments));
  }

  final boolean booleanOr(InternalRow arguments, Argument argument, boolean fallback) {
    int ordinal = arguments().indexOf(argument);
    return arguments.isNullAt(ordinal) ? fallback : arguments.getBoolean(ordinal);
  }

  final Map<String, String> strings(InternalRow arguments, Argument argument) {
    int ordinal = arguments().indexOf(argument);
    Map<String, String> strings = new LinkedHashMap<>();
    if (!arguments.isNullAt(ordinal)) {
      MapData map = arguments.getMap(ordinal);
      for (int i = 0; i < map.numElements(); i++) {
        String key = map.keyArray().getUTF8String(i).toString();
        if (map.valueArray().isNullAt(i)) {
          throw new IllegalArgumentException(
              "Invalid %s: null, must be a value or the key left out".formatted(key));
        }
        strings.put(key, map.valueArray().getUTF8String(i).toString());
      }
    }
    return strings;
  }

  private Table load(InternalRow arguments) {
    int ordinal = arguments().indexOf(TABLE);
    String name = arguments.isNullAt(ordinal) ? "" : arguments.getString(ordinal);
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "Invalid %s: '%s', must be the name of a table".formatted(TABLE.name(), name));
    }
    CatalogAndIdentifier found =
        Spark3Util.catalogAndIdentifier("argument 'table'", spark, name, catalog);
    if (!found.catalog().name().equals(catalog.name())) {
      throw new IllegalArgumentException(
          "Cannot call %s.system.%s on %s: the table is in catalog %s, call %s.system.%s"
              .formatted(
                  catalog.name(),
                  name(),
                  name,
                  found.catalog().name(),
                  found.catalog().name(),
                  name()));
    }
    try {
      return requireIceberg(name, catalog.loadTable(found.identifier()));
    } catch (NoSuchTableException e) {
      throw new IllegalArgumentException(
          "Cannot load table %s in catalog %s: there is no such table, check the name and the catalog"
              .formatted(name, catalog.name()),
          e);
    }
  }

  private Table requireIceberg(
      String name, org.apache.spark.sql.connector.catalog.Table sparkTable) {
    if (!(sparkTable instanceof SparkTable iceberg)) {
      throw new IllegalArgumentException(
          "Cannot call %s.system.%s on %s: it is not an Iceberg table but %s"
              .formatted(catalog.name(), name(), name, sparkTable.getClass().getSimpleName()));
    }
    if (iceberg.snapshotId() != null || iceberg.branch() != null) {
      throw new IllegalArgumentException(
          "Cannot call %s.system.%s on %s: only the main branch is supported, name the table without"
                  .formatted(catalog.name(), name(), name)
              + " branch, tag or snapshot");
    }
    return iceberg.table();
  }
}
