package io.breakwater.iceberg.procedure;

import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.Target;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.Spark3Util.CatalogAndIdentifier;
import org.apache.iceberg.spark.source.SparkTable;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.iceberg.catalog.Procedure;
import org.apache.spark.sql.connector.iceberg.catalog.ProcedureParameter;
import org.apache.spark.sql.execution.datasources.SparkExpressionConverter;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A procedure on one table of one Iceberg catalog. Its first argument is {@code table}.
 *
 * @param <R> what one row of the result is made of
 */
public abstract class TableProcedure<R> implements Procedure {
  private static final Logger LOG = LoggerFactory.getLogger(TableProcedure.class);

  private static final String JOB_DESCRIPTION = "spark.job.description";

  static final Argument TABLE =
      new Argument(
          "table",
          DataTypes.StringType,
          true,
          null,
          "The table, as in `db.t`, or a branch of it, as in `db.t.branch_audit`; a catalog in front must"
              + " be the one of the `CALL`.");

  static final Argument DRY_RUN =
      new Argument(
          "dry_run",
          DataTypes.BooleanType,
          false,
          "false",
          "Only say what would be done: the same columns, nothing written.");

  static final Argument WHERE =
      new Argument(
          "where",
          DataTypes.StringType,
          false,
          "true",
          "Which partitions, as an SQL predicate on the columns that the table is partitioned by:"
              + " `day >= DATE '2026-01-01'`. Files of an older partition spec that cannot tell are"
              + " included.");

  static final Argument OPTIONS =
      new Argument(
          "options",
          DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType),
          false,
          "map()",
          "The options below.");

  private final SparkSession spark;
  private final TableCatalog catalog;
  private final Declaration<R> declaration;

  TableProcedure(SparkSession spark, TableCatalog catalog, Declaration<R> declaration) {
    this.spark = spark;
    this.catalog = catalog;
    this.declaration = declaration;
  }

  /** What it is called, takes and returns. */
  public final Declaration<R> declaration() {
    return declaration;
  }

  @Override
  public final String description() {
    return declaration.description();
  }

  abstract List<R> call(Target target, InternalRow arguments);

  @Override
  public final ProcedureParameter[] parameters() {
    return declaration.arguments().stream()
        .map(Argument::toParameter)
        .toArray(ProcedureParameter[]::new);
  }

  @Override
  public final StructType outputType() {
    return Column.schema(declaration.columns());
  }

  @Override
  public final InternalRow[] call(InternalRow arguments) {
    String name = string(arguments, TABLE);
    Identifier identifier = identifier(name);
    Target target = target(name, identifier);
    Snapshot before = target.snapshot();
    List<R> rows = describedCall(target, arguments);
    if (!Objects.equals(before, target.snapshot())) {
      recache(identifier);
    }
    return Column.rows(declaration.columns(), rows);
  }

  /** Names the Spark jobs of the call, so that one can tell them in the UI and cancel them. */
  private List<R> describedCall(Target target, InternalRow arguments) {
    String description =
        "%s.system.%s on %s".formatted(catalog.name(), declaration.name(), target.name());
    String outer = spark.sparkContext().getLocalProperty(JOB_DESCRIPTION);
    long start = System.nanoTime();
    LOG.info("Calling {}", description);
    spark.sparkContext().setJobDescription(description);
    try {
      List<R> rows = call(target, arguments);
      LOG.info(
          "{} returns {} rows after {} ms",
          description,
          rows.size(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      return rows;
    } finally {
      spark.sparkContext().setJobDescription(outer);
    }
  }

  final SparkSession spark() {
    return spark;
  }

  final boolean booleanOr(InternalRow arguments, Argument argument, boolean fallback) {
    int ordinal = declaration.arguments().indexOf(argument);
    return arguments.isNullAt(ordinal) ? fallback : arguments.getBoolean(ordinal);
  }

  /**
   * A whole number; {@code max} if it was not given.
   *
   * @throws IllegalArgumentException if it is less than {@code min} or more than {@code max}
   */
  final long longOr(InternalRow arguments, Argument argument, long min, long max) {
    int ordinal = declaration.arguments().indexOf(argument);
    long value = arguments.isNullAt(ordinal) ? max : arguments.getLong(ordinal);
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "Invalid %s: %d, must be a whole number from %d to %d"
              .formatted(argument.name(), value, min, max));
    }
    return value;
  }

  final Map<String, String> strings(InternalRow arguments, Argument argument) {
    int ordinal = declaration.arguments().indexOf(argument);
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

  /** The text of an argument, trimmed; empty if it was not given. */
  final String string(InternalRow arguments, Argument argument) {
    int ordinal = declaration.arguments().indexOf(argument);
    return arguments.isNullAt(ordinal) ? "" : arguments.getString(ordinal).trim();
  }

  /** What {@link #WHERE} says; everything if it was not given. */
  final PartitionFilter where(Target target, InternalRow arguments) {
    String where = string(arguments, WHERE);
    return where.isEmpty()
        ? PartitionFilter.all(target.table())
        : PartitionFilter.of(target.table(), predicate(string(arguments, TABLE), where));
  }

  /**
   * An SQL predicate on the columns of a table as Iceberg's expression.
   *
   * @throws IllegalArgumentException if Spark cannot parse it or Iceberg cannot express it
   */
  final Expression predicate(String table, String where) {
    String name = Spark3Util.quotedFullIdentifier(catalog.name(), identifier(table));
    try {
      return SparkExpressionConverter.convertToIcebergExpression(
          SparkExpressionConverter.collectResolvedSparkExpression(spark, name, where));
    } catch (AnalysisException | IllegalArgumentException | UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          "Invalid where: %s, must be a predicate that Iceberg can push down: %s"
              .formatted(where, e.getMessage()),
          e);
    }
  }

  /** The table of a call as SQL names it, without its branch. */
  final String sqlName(Target target, InternalRow arguments) {
    Identifier identifier = identifier(string(arguments, TABLE));
    String[] namespace = identifier.namespace();
    boolean ofBranch = identifier.name().equals("branch_" + target.branch());
    return Spark3Util.quotedFullIdentifier(
        catalog.name(),
        ofBranch
            ? Identifier.of(
                Arrays.copyOf(namespace, namespace.length - 1), namespace[namespace.length - 1])
            : identifier);
  }

  private Identifier identifier(String name) {
    if (name.isEmpty()) {
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
                  declaration.name(),
                  name,
                  found.catalog().name(),
                  found.catalog().name(),
                  declaration.name()));
    }
    return found.identifier();
  }

  private Target target(String name, Identifier identifier) {
    try {
      return requireIceberg(name, catalog.loadTable(identifier));
    } catch (NoSuchTableException e) {
      throw new IllegalArgumentException(
          "Cannot load table %s in catalog %s: there is no such table, check the name and the catalog"
              .formatted(name, catalog.name()),
          e);
    }
  }

  private Target requireIceberg(
      String name, org.apache.spark.sql.connector.catalog.Table sparkTable) {
    if (!(sparkTable instanceof SparkTable iceberg)) {
      throw new IllegalArgumentException(
          "Cannot call %s.system.%s on %s: it is not an Iceberg table but %s"
              .formatted(
                  catalog.name(), declaration.name(), name, sparkTable.getClass().getSimpleName()));
    }
    if (iceberg.snapshotId() != null) {
      throw new IllegalArgumentException(
          "Cannot call %s.system.%s on %s: a tag or snapshot cannot be changed, name the table or a"
                  .formatted(catalog.name(), declaration.name(), name)
              + " branch of it");
    }
    return new Target(
        iceberg.table(), iceberg.branch() == null ? SnapshotRef.MAIN_BRANCH : iceberg.branch());
  }

  /** Cached plans of the table hold files that may go. */
  private void recache(Identifier identifier) {
    try {
      spark
          .sharedState()
          .cacheManager()
          .recacheByPlan(
              spark,
              DataSourceV2Relation.create(
                  catalog.loadTable(identifier),
                  scala.Option.apply(catalog),
                  scala.Option.apply(identifier)));
    } catch (NoSuchTableException e) {
      LOG.debug("{} was dropped meanwhile", identifier, e);
    }
  }
}
