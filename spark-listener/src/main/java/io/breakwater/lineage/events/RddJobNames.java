package io.breakwater.lineage.events;

import io.breakwater.lineage.scrub.TextScrubber;
import io.openlineage.spark.api.naming.NameNormalizer;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.storage.RDDInfo;
import scala.collection.JavaConverters;

/**
 * Names jobs of RDDs anew if a name of these RDDs holds a secret. OpenLineage makes words of such
 * names, which for a cached DataFrame are its plan, and nobody finds a secret in them any more. To
 * stand before all steps that know jobs by their names.
 */
public final class RddJobNames implements EventStep {

  private static final int MAX_RUNS = 4096;
  private static final int MAX_LENGTH = 100;

  private final Map<String, String> nameOfRun =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX_RUNS;
        }
      };

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    if (event.at("/job/facets/jobType/jobType").asText().equals("RDD_JOB")) {
      String run = RunEventTree.runId(event);
      if (cause instanceof SparkListenerJobStart start) {
        nameWithoutSecrets(start).ifPresent(name -> nameOfRun.put(run, name));
      }
      String name = nameOfRun.get(run);
      if (name != null) {
        String application = RunEventTree.jobName(event).split("\\.", 2)[0];
        event.withObject("/job").put("name", application + "." + name);
      }
    }
    next.accept(event);
  }

  private static Optional<String> nameWithoutSecrets(SparkListenerJobStart start) {
    Set<String> names = new LinkedHashSet<>();
    boolean secret = false;
    for (StageInfo stage : JavaConverters.seqAsJavaList(start.stageInfos())) {
      for (RDDInfo rdd : JavaConverters.seqAsJavaList(stage.rddInfos())) {
        String clean = TextScrubber.safeText(rdd.name());
        secret |= !clean.equals(rdd.name());
        names.add(clean);
      }
    }
    String name = NameNormalizer.normalize(String.join("_", names));
    return secret
        ? Optional.of(name.substring(0, Math.min(MAX_LENGTH, name.length())))
        : Optional.empty();
  }
}
