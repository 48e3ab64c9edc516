package io.breakwater.lineage.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.breakwater.lineage.SampleEvent;
import io.breakwater.lineage.deliver.ProblemLog;
import io.breakwater.lineage.filter.EventFilter;
import io.breakwater.lineage.filter.FilterOptions;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.slf4j.LoggerFactory;

/**
 * How long does it take, on the thread of the stage, to make an event of about 4 KB complete and
 * write it as JSON? Ours makes a tree of it and passes it through the steps that need no Spark
 * session: names of data sources, helper jobs, secrets, filters. The rival is OpenLineage's JSON
 * without any of these. The floor is a copy of the finished bytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
public class EventEncodeBenchmark {

  /** Ours, OpenLineage's, and a copy. */
  public enum Contender {
    BREAKWATER,
    OPENLINEAGE,
    FLOOR
  }

  @Param public Contender contender;

  /** What Spark would have told. */
  private record Cause() implements SparkListenerEvent {}

  private final OpenLineage.RunEvent event = SampleEvent.of(1);
  private final byte[] json = OpenLineageClientUtils.toJson(event).getBytes(UTF_8);
  private final Cause cause = new Cause();
  private StepChain chain;
  private ObjectNode passed;

  @Setup
  public void open() {
    chain =
        new StepChain(
            List.of(
                new ValidDataSources(),
                new LinkHelpers(),
                new ScrubSecrets(),
                new EventFilter(FilterOptions.none())),
            new StageCounters(),
            new ProblemLog(LoggerFactory.getLogger(EventEncodeBenchmark.class)),
            result -> passed = result);
  }

  @Benchmark
  public byte[] encode() throws IOException {
    return switch (contender) {
      case BREAKWATER -> {
        passed = null;
        chain.accept(EventJson.tree(OpenLineageClientUtils.toJson(event).getBytes(UTF_8)), cause);
        if (passed == null) {
          throw new IllegalStateException("The event was dropped");
        }
        yield EventJson.bytes(passed);
      }
      case OPENLINEAGE -> OpenLineageClientUtils.toJson(event).getBytes(UTF_8);
      case FLOOR -> json.clone();
    };
  }
}
