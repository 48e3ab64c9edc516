package io.breakwater.lineage.naming;

import io.breakwater.lineage.events.EventStep;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Names jobs by templates, wherever an event names one: its own, and those of its parent and root
 * run unless these are of another application. To stand behind all steps that know jobs by their
 * names, and before those that leave out by names.
 */
public final class NameJobs implements EventStep {

  private final NamingOptions options;
  private final Map<String, String> values = new HashMap<>();
  private final Set<String> foreignRuns = new HashSet<>();

  /**
   * A step for one application.
   *
   * @param emr the facet of {@link io.breakwater.lineage.facets.EmrEnvironment}, if there is one
   */
  public NameJobs(NamingOptions options, String appName, String user, Optional<ObjectNode> emr) {
    this.options = options;
    values.put(NamingOptions.APP_NAME, appName);
    values.put(NamingOptions.USER, user);
    emr.ifPresent(
        facet -> {
          put(NamingOptions.EMR_CLUSTER, facet, "clusterId", "applicationId", "virtualClusterId");
          put(NamingOptions.EMR_STEP, facet, "stepId", "jobRunId");
        });
  }

  private void put(String placeholder, JsonNode facet, String... properties) {
    for (String property : properties) {
      if (facet.path(property).isTextual()) {
        values.putIfAbsent(placeholder, facet.path(property).asText());
      }
    }
  }

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    JsonNode parent = event.path("run").path("facets").path("parent");
    if (cause instanceof SparkListenerApplicationStart && parent.isObject()) {
      foreignRuns.add(runId(parent));
      foreignRuns.add(runId(parent.path("root")));
    }
    name(event.path("job"));
    nameUnlessForeign(parent);
    nameUnlessForeign(parent.path("root"));
    next.accept(event);
  }

  private static String runId(JsonNode owner) {
    return owner.path("run").path("runId").asText();
  }

  private void nameUnlessForeign(JsonNode owner) {
    if (!foreignRuns.contains(runId(owner))) {
      name(owner.path("job"));
    }
  }

  private void name(JsonNode node) {
    if (node instanceof ObjectNode job && job.path("name").isTextual()) {
      Map<String, String> all = new HashMap<>(values);
      all.put(NamingOptions.NAMESPACE, job.path("namespace").asText());
      all.put(NamingOptions.JOB_NAME, job.path("name").asText());
      options.namespace().ifPresent(template -> job.put("namespace", template.fill(all)));
      options.name().ifPresent(template -> job.put("name", template.fill(all)));
    }
  }
}
