package io.breakwater.lineage.procedure;

import io.breakwater.lineage.dataset.DatasetNames;
import io.breakwater.lineage.events.EventStep;
import io.breakwater.lineage.events.RunExecutions;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.agent.Versions;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ArrayNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;

/**
 * Gives the events of a call their job, datasets and facet, and makes the call the parent of what
 * runs inside it. OpenLineage's own events of a call say nothing of these.
 */
public final class ProcedureStep implements EventStep {

  private static final String STOCK_SUFFIX = ".call";

  /** What OpenLineage's names of jobs hold of Iceberg's cache of tables under rewriting. */
  private static final String REWRITE_CACHE = "default_cache_iceberg_";

  private static final long PLAN_TIMEOUT_MILLIS = 1_000;

  private final ProcedureReader reader;
  private final DatasetNames names;

  private final RunExecutions executions = new RunExecutions();

  /** A step for the calls that {@code reader} finds. */
  public ProcedureStep(ProcedureReader reader, DatasetNames names) {
    this.reader = reader;
    this.names = names;
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    if (event.path("run").has("runId")) {
      executions
          .of(event.path("run").path("runId").asText(), cause)
          .ifPresent(id -> rewrite(event, id, cause));
    }
    next.accept(event);
  }

  private void rewrite(ObjectNode event, long executionId, SparkListenerEvent cause) {
    Optional<ProcedureRun> own = reader.run(executionId);
    if (own.isPresent()) {
      own.get()
          .call(PLAN_TIMEOUT_MILLIS)
          .ifPresent(call -> describe(event, own.get(), call, ends(event, cause)));
      return;
    }
    Optional<ProcedureRun> parent = reader.parent(executionId);
    if (parent.isPresent()) {
      parent.get().call(PLAN_TIMEOUT_MILLIS).ifPresent(call -> adopt(event, parent.get(), call));
    }
  }

  private static boolean ends(ObjectNode event, SparkListenerEvent cause) {
    return cause instanceof SparkListenerSQLExecutionEnd
        || event.path("eventType").asText().matches("COMPLETE|FAIL|ABORT");
  }

  private void describe(ObjectNode event, ProcedureRun run, ProcedureCall call, boolean ends) {
    ObjectNode job = event.withObject("/job");
    job.put("name", jobName(application(job.path("name").asText()), call));
    ObjectNode sql = job.withObject("/facets").putObject("sql");
    OpenLineage.SQLJobFacet text =
        new OpenLineage(Versions.OPEN_LINEAGE_PRODUCER_URI)
            .newSQLJobFacetBuilder()
            .query(CallText.of(call))
            .dialect("spark")
            .build();
    sql.setAll((ObjectNode) OpenLineageClientUtils.newObjectMapper().valueToTree(text));
    event.withObject("/run").put("runId", run.runId());

    Optional<TableReading> atEnd = ends ? run.atEnd() : Optional.empty();
    ObjectNode facets = event.withObject("/run").withObject("/facets");
    facets.set(
        ProcedureFacet.FACET.key(),
        atEnd
            .map(reading -> ProcedureFacet.ended(call, reading, run.result()))
            .orElseGet(() -> ProcedureFacet.running(call)));
    TableReading reading = atEnd.orElseGet(run::atStart);
    datasets(event, call, reading.table().isPresent() ? reading : run.atStart(), reading);
  }

  private void datasets(
      ObjectNode event, ProcedureCall call, TableReading tables, TableReading states) {
    ArrayNode inputs = event.putArray("inputs");
    ArrayNode outputs = event.putArray("outputs");
    tables.source().ifPresent(source -> inputs.add(input(source, Optional.empty())));
    tables
        .table()
        .ifPresent(
            table -> {
              if (call.effect().reads()) {
                inputs.add(input(table, states.before()));
              }
              if (call.effect().writes()) {
                outputs.add(version(table, states.after()).set("outputFacets", event.objectNode()));
              }
            });
  }

  private ObjectNode input(ObjectNode dataset, Optional<TableState> state) {
    return version(dataset, state).set("inputFacets", dataset.objectNode());
  }

  private ObjectNode version(ObjectNode dataset, Optional<TableState> state) {
    ObjectNode copy = dataset.deepCopy();
    names.rename(copy);
    state
        .flatMap(TableState::snapshot)
        .ifPresent(
            snapshot ->
                copy.withObject("/facets")
                    .set(
                        "version",
                        OpenLineageClientUtils.newObjectMapper()
                            .valueToTree(
                                new OpenLineage(Versions.OPEN_LINEAGE_PRODUCER_URI)
                                    .newDatasetVersionDatasetFacet(Long.toString(snapshot.id())))));
    return copy;
  }

  private static void adopt(ObjectNode event, ProcedureRun run, ProcedureCall call) {
    ObjectNode job = event.withObject("/job");
    ObjectNode parent = event.withObject("/run").withObject("/facets").withObject("/parent");
    String application = parent.path("job").path("name").asText();
    String name = job.path("name").asText();
    parent.withObject("/run").put("runId", run.runId());
    parent
        .withObject("/job")
        .put("namespace", job.path("namespace").asText())
        .put("name", jobName(application, call));
    if (name.startsWith(application + ".")) {
      String own = name.substring(application.length() + 1).replace(REWRITE_CACHE, "");
      job.put("name", jobName(application, call) + "." + own);
    }
  }

  private static String application(String stockName) {
    return stockName.endsWith(STOCK_SUFFIX)
        ? stockName.substring(0, stockName.length() - STOCK_SUFFIX.length())
        : stockName;
  }

  private static String jobName(String application, ProcedureCall call) {
    return application + "." + call.jobSuffix();
  }
}
