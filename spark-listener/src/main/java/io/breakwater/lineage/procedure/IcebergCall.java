package io.breakwater.lineage.procedure;

import java.lang.reflect.Field;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.Spark3Util.CatalogAndIdentifier;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.TableCatalog;
import org.apache.spark.sql.connector.iceberg.catalog.ProcedureParameter;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.datasources.v2.CallExec;
import org.apache.spark.sql.execution.datasources.v2.V2CommandExec;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** A call as Iceberg's extension has planned it. */
final class IcebergCall implements PlannedCall {

  private static final String TABLE = "table";
  private static final String SOURCE_TABLE = "source_table";
  private static final String BRANCH = "branch";
  private static final String BRANCH_SELECTOR = "branch_";

  private final CallExec plan;
  private final ProcedureCall call;
  private final Optional<IcebergTable> table;

  private IcebergCall(CallExec plan, ProcedureCall call, Optional<IcebergTable> table) {
    this.plan = plan;
    this.call = call;
    this.table = table;
  }

  /** The call that {@code execution} runs; empty if it runs something else. */
  static Optional<PlannedCall> of(QueryExecution execution) {
    return execution.executedPlan() instanceof CallExec plan
        ? Optional.of(of(plan, execution.sparkSession()))
        : Optional.empty();
  }

  private static IcebergCall of(CallExec plan, SparkSession spark) {
    SparkConf conf = spark.sparkContext().getConf();
    String procedure = ProcedureName.of(plan.procedure().getClass());
    Map<String, Object> given =
        new JsonValues(Integer.MAX_VALUE)
            .of(plan.input(), parameters(plan.procedure().parameters()));
    ProcedureEffect effect = ProcedureEffect.of(procedure, given);
    Optional<TableCatalog> catalog = catalog(plan);
    Optional<CatalogAndIdentifier> found =
        catalog.isPresent() && given.get(TABLE) instanceof String text
            ? Optional.of(identifier(spark, text, catalog.get()))
            : Optional.empty();
    Optional<Identifier> identifier = found.map(f -> withoutBranch(f.identifier()));
    String branch =
        given.get(BRANCH) instanceof String name
            ? name
            : found.flatMap(f -> branch(f.identifier())).orElse(SnapshotRef.MAIN_BRANCH);
    String catalogName =
        found.map(f -> f.catalog().name()).or(() -> catalog.map(TableCatalog::name)).orElse("");
    ProcedureCall call =
        new ProcedureCall(
            catalog.map(TableCatalog::name).orElse(""),
            procedure,
            identifier.map(IcebergCall::name),
            branch,
            new Redaction(conf).redact(given),
            effect,
            jobSuffix(conf, procedure, catalogName, identifier));
    Optional<String> source =
        given.get(SOURCE_TABLE) instanceof String text ? Optional.of(text) : Optional.empty();
    return new IcebergCall(
        plan,
        call,
        identifier
            .filter(i -> found.get().catalog() instanceof TableCatalog)
            .map(
                i ->
                    new IcebergTable(
                        spark, (TableCatalog) found.get().catalog(), i, branch, source)));
  }

  private static StructType parameters(ProcedureParameter[] parameters) {
    StructType type = new StructType();
    for (ProcedureParameter parameter : parameters) {
      type = type.add(parameter.name(), parameter.dataType());
    }
    return type;
  }

  private static CatalogAndIdentifier identifier(
      SparkSession spark, String text, TableCatalog catalog) {
    return Spark3Util.catalogAndIdentifier("argument 'table'", spark, text, catalog);
  }

  /** {@code db.t.branch_audit} is the branch {@code audit} of {@code db.t}. */
  private static Optional<String> branch(Identifier identifier) {
    return identifier.namespace().length > 1 && identifier.name().startsWith(BRANCH_SELECTOR)
        ? Optional.of(identifier.name().substring(BRANCH_SELECTOR.length()))
        : Optional.empty();
  }

  private static Identifier withoutBranch(Identifier identifier) {
    if (branch(identifier).isEmpty()) {
      return identifier;
    }
    List<String> parts = List.of(identifier.namespace());
    int last = parts.size() - 1;
    return Identifier.of(parts.subList(0, last).toArray(new String[0]), parts.get(last));
  }

  private static String name(Identifier identifier) {
    List<String> parts = new ArrayList<>(List.of(identifier.namespace()));
    parts.add(identifier.name());
    return String.join(".", parts);
  }

  /** As OpenLineage names jobs: the operation, then the table unless it is told to leave it out. */
  private static String jobSuffix(
      SparkConf conf, String procedure, String catalog, Optional<Identifier> table) {
    boolean append = conf.getBoolean("spark.openlineage.jobName.appendDatasetName", true);
    return append && table.isPresent()
        ? procedure + "." + (catalog + "." + name(table.get())).replace('.', '_')
        : procedure;
  }

  /**
   * Neither the plan nor the interface of procedures says which catalog a call went to; every
   * procedure keeps it in a field.
   */
  private static Optional<TableCatalog> catalog(CallExec plan) {
    for (Class<?> type = plan.procedure().getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (TableCatalog.class.isAssignableFrom(field.getType()) && field.trySetAccessible()) {
          try {
            return Optional.ofNullable((TableCatalog) field.get(plan.procedure()));
          } catch (IllegalAccessException e) {
            throw new IllegalStateException("Cannot read the catalog of " + type.getName(), e);
          }
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public ProcedureCall call() {
    return call;
  }

  /**
   * Read from the field in which Spark keeps what a command has returned. Asking the plan itself
   * would run the procedure if it had not run, and a procedure must never run for its lineage.
   */
  @Override
  public Optional<CallResult> result() {
    try {
      Field field = V2CommandExec.class.getDeclaredField("result");
      if (!field.trySetAccessible() || !(field.get(plan) instanceof Seq<?> rows)) {
        return Optional.empty();
      }
      StructType type = plan.procedure().outputType();
      JsonValues values = new JsonValues(CallResult.MAX_TEXT);
      List<Map<String, Object>> kept = new ArrayList<>();
      for (Object row : JavaConverters.seqAsJavaList(rows)) {
        if (kept.size() == CallResult.MAX_ROWS) {
          break;
        }
        kept.add(values.of((InternalRow) row, type));
      }
      return Optional.of(new CallResult(rows.size(), List.copyOf(kept)));
    } catch (NoSuchFieldException | IllegalAccessException e) {
      throw new IllegalStateException("Cannot read what a call has returned", e);
    }
  }

  @Override
  public TableReading readAtStart() {
    return table
        .map(IcebergTable::readAtStart)
        .orElseGet(() -> TableReading.nothing("the call names no table", List.of()));
  }

  @Override
  public TableReading readAtEnd(Instant start, Instant end, List<Commit> commits) {
    return table
        .map(found -> found.readAtEnd(start, end, commits))
        .orElseGet(() -> TableReading.nothing("the call names no table", commits));
  }
}
