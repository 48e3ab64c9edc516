package io.breakwater.lineage.events;

import io.openlineage.client.OpenLineage;
import io.openlineage.spark.agent.facets.SparkJobDetailsFacet;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.Success$;
import org.apache.spark.executor.OutputMetrics;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import scala.collection.JavaConverters;

/**
 * Puts into the end of a query what its own jobs did: the facets {@code outputStatistics} of its
 * outputs and {@code spark_jobDetails} of its last job.
 *
 * <p>OpenLineage takes the statistics of whatever job of the application began last, which is
 * another query's if several run at a time. A query without jobs of its own keeps what OpenLineage
 * says. Reads on the capturing thread, works on the stage's. To stand behind {@link CompleteRuns},
 * which makes ends.
 */
public final class QueryJobs implements SparkEventReader, EventStep {

  private static final int MAX_QUERIES = 8192;
  private static final int MAX_STAGES = 65536;
  private static final String STATISTICS = "outputStatistics";
  private static final String DETAILS = "spark_jobDetails";

  /** What the tasks that succeeded have written. */
  private static final class Written {
    private SparkJobDetailsFacet lastJob;
    private long records;
    private long bytes;
    private long files;
  }

  private final Map<Integer, Long> queryOfStage = eldest(MAX_STAGES);
  private final Map<Long, Written> underWay = eldest(MAX_QUERIES);

  /** Guarded by itself; what is in it changes no more. */
  private final Map<Long, Written> ended = eldest(MAX_QUERIES);

  private static <K, V> Map<K, V> eldest(int max) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > max;
      }
    };
  }

  @Override
  public void read(SparkListenerEvent event) {
    if (event instanceof SparkListenerTaskEnd task) {
      readTask(task);
    } else if (event instanceof SparkListenerJobStart start) {
      readJob(start);
    } else if (event instanceof SparkListenerSQLExecutionEnd end) {
      Written written = underWay.remove(end.executionId());
      if (written != null) {
        synchronized (ended) {
          ended.put(end.executionId(), written);
        }
      }
    }
  }

  private void readJob(SparkListenerJobStart start) {
    String query =
        start.properties() == null
            ? null
            : start.properties().getProperty(SQLExecution.EXECUTION_ID_KEY());
    if (query != null) {
      long id = Long.parseLong(query);
      underWay.computeIfAbsent(id, q -> new Written()).lastJob = new SparkJobDetailsFacet(start);
      for (Object stage : JavaConverters.seqAsJavaList(start.stageIds())) {
        queryOfStage.put((Integer) stage, id);
      }
    }
  }

  private void readTask(SparkListenerTaskEnd task) {
    Long query = queryOfStage.get(task.stageId());
    Written written = query == null ? null : underWay.get(query);
    if (written == null || task.taskMetrics() == null || task.reason() != Success$.MODULE$) {
      return;
    }
    OutputMetrics output = task.taskMetrics().outputMetrics();
    written.records += output.recordsWritten();
    written.bytes += output.bytesWritten();
    written.files += output.bytesWritten() > 0 ? 1 : 0;
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    if (cause instanceof SparkListenerSQLExecutionEnd end
        && RunEventTree.isRunEvent(event)
        && RunEventTree.isTerminal(event)) {
      Written written;
      synchronized (ended) {
        written = ended.get(end.executionId());
      }
      if (written != null) {
        addTo(event, written);
      }
    }
    next.accept(event);
  }

  @Override
  public void observe(SparkListenerEvent event, Consumer<ObjectNode> next) {
    if (event instanceof SparkListenerSQLExecutionEnd end) {
      synchronized (ended) {
        ended.remove(end.executionId());
      }
    }
  }

  private static void addTo(ObjectNode event, Written written) {
    RunEventTree.putRunFacet(event, DETAILS, EventJson.facet(written.lastJob));
    JsonNode statistics =
        EventJson.facet(
            new OpenLineage(URI.create(event.path("producer").asText()))
                .newOutputStatisticsOutputDatasetFacetBuilder()
                .rowCount(written.records)
                .size(written.bytes)
                .fileCount(written.files)
                .build());
    for (JsonNode output : event.path("outputs")) {
      ObjectNode facets = ((ObjectNode) output).withObject("/outputFacets");
      if (written.records + written.bytes > 0) {
        facets.set(STATISTICS, statistics);
      } else {
        facets.remove(STATISTICS);
      }
    }
  }
}
