package io.breakwater.lineage.facets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where on Amazon EMR a driver runs, as the node's files, the environment and the Spark
 * configuration tell: the run facet {@code breakwater_emr}. Elsewhere there is none of these, and
 * no facet.
 *
 * <p>What is read, and how it is known:
 *
 * <ul>
 *   <li>{@code instance.json}: {@code instanceGroupId}, {@code isMaster}; EMR Developer Guide, JSON
 *       Configuration Files.
 *   <li>{@code job-flow.json}: {@code jobFlowId}, {@code masterInstanceId}, {@code
 *       instanceGroups[].instanceGroupId} and {@code .instanceRole}; the example in AWS's
 *       emr-dynamodb-connector.
 *   <li>{@code extraInstanceData.json}: {@code releaseLabel}, {@code instanceRole}, {@code
 *       instanceGroupId}, {@code region}, {@code jobFlowId}. Not documented by AWS; seen on nodes
 *       of EMR 5, and read by many bootstrap actions.
 *   <li>The step: the working directory {@code /mnt/var/lib/hadoop/steps/s-...} of a driver that a
 *       step starts in client mode. Not documented by AWS; as in logs of steps.
 *   <li>EMR Serverless: the environment variables {@code SERVERLESS_EMR_VIRTUAL_CLUSTER_ID} (the
 *       application) and {@code SERVERLESS_EMR_JOB_ID}. Not documented by AWS; read so by the
 *       OpenSearch project's Spark extension.
 *   <li>EMR on EKS: the labels {@code emr-containers.amazonaws.com/job.id} and {@code
 *       .../virtual-cluster-id} of the driver's pod, as {@code spark.kubernetes.driver.label.*}.
 *       The labels are documented; that they are in the driver's configuration is not.
 * </ul>
 */
public final class EmrEnvironment {

  /** The facet of a run of a driver on EMR. */
  public static final CustomFacet FACET = new CustomFacet("breakwater_emr", "EmrRunFacet", "1-0-0");

  private static final Logger LOG = LoggerFactory.getLogger(EmrEnvironment.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern STEP = Pattern.compile("/steps/(s-[0-9A-Z]{10,30})(/|$)");
  private static final String POD_LABEL =
      "spark.kubernetes.driver.label.emr-containers.amazonaws.com/";

  private EmrEnvironment() {}

  /**
   * Reads the facet. A file that is not what it should be is logged in one line, and passed by.
   *
   * @param info the directory of the node's files, {@code /mnt/var/lib/info} on EMR
   * @param environment the variables of the process
   * @param workingDirectory where the driver was started
   * @param sparkConf the values of Spark's properties, or null
   * @return nothing if the driver does not run on EMR
   */
  public static Optional<ObjectNode> read(
      Path info,
      Map<String, String> environment,
      String workingDirectory,
      Function<String, String> sparkConf) {
    ObjectNode facet = FACET.node();
    int empty = facet.size();
    JsonNode flow = json(info.resolve("job-flow.json"));
    JsonNode instance = json(info.resolve("instance.json"));
    JsonNode extra = json(info.resolve("extraInstanceData.json"));
    boolean node = !flow.isMissingNode() || !instance.isMissingNode() || !extra.isMissingNode();
    if (node) {
      facet.put("platform", "EC2");
      readNode(flow, instance, extra, facet);
      Matcher step = STEP.matcher(workingDirectory);
      put(facet, "stepId", step.find() ? step.group(1) : null);
    } else {
      readServerless(environment, facet);
      readEks(sparkConf, facet);
    }
    return facet.size() > empty ? Optional.of(facet) : Optional.empty();
  }

  private static void readNode(JsonNode flow, JsonNode instance, JsonNode extra, ObjectNode facet) {
    String group = first(text(instance, "instanceGroupId"), text(extra, "instanceGroupId"));
    put(facet, "clusterId", first(text(flow, "jobFlowId"), text(extra, "jobFlowId")));
    put(facet, "releaseLabel", text(extra, "releaseLabel"));
    put(facet, "region", text(extra, "region"));
    put(facet, "instanceGroupId", group);
    String role = first(text(extra, "instanceRole"), roleOfGroup(flow, group));
    boolean master = instance.path("isMaster").asBoolean(false);
    if (role == null && master) {
      role = "master";
    }
    put(facet, "instanceRole", role == null ? null : role.toLowerCase(Locale.ROOT));
    put(facet, "instanceId", master ? text(flow, "masterInstanceId") : null);
  }

  private static String roleOfGroup(JsonNode flow, String group) {
    Iterator<JsonNode> groups = flow.path("instanceGroups").elements();
    while (groups.hasNext()) {
      JsonNode candidate = groups.next();
      if (group != null && group.equals(text(candidate, "instanceGroupId"))) {
        return text(candidate, "instanceRole");
      }
    }
    return null;
  }

  private static void readServerless(Map<String, String> environment, ObjectNode facet) {
    String application = environment.get("SERVERLESS_EMR_VIRTUAL_CLUSTER_ID");
    String job = environment.get("SERVERLESS_EMR_JOB_ID");
    if (application != null || job != null) {
      facet.put("platform", "Serverless");
      put(facet, "applicationId", application);
      put(facet, "jobRunId", job);
    }
  }

  private static void readEks(Function<String, String> sparkConf, ObjectNode facet) {
    String cluster = sparkConf.apply(POD_LABEL + "virtual-cluster-id");
    String job = sparkConf.apply(POD_LABEL + "job.id");
    if (cluster != null || job != null) {
      facet.put("platform", "EKS");
      put(facet, "virtualClusterId", cluster);
      put(facet, "jobRunId", job);
    }
  }

  private static JsonNode json(Path file) {
    try {
      JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
      if (tree.isObject()) {
        return tree;
      }
      LOG.warn("Cannot use {} for lineage: it is no JSON object", file);
    } catch (NoSuchFileException e) {
      LOG.debug("Not on a node of EMR: no {}", file);
    } catch (JsonProcessingException e) {
      LOG.warn("Cannot use {} for lineage: {}", file, e.getOriginalMessage());
    } catch (IOException e) {
      LOG.warn("Cannot use {} for lineage: {}", file, e.toString());
    }
    return MAPPER.missingNode();
  }

  private static String text(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isTextual() && !value.asText().isBlank() ? value.asText() : null;
  }

  private static String first(String preferred, String other) {
    return preferred == null ? other : preferred;
  }

  private static void put(ObjectNode facet, String name, String value) {
    if (value != null) {
      facet.put(name, value);
    }
  }
}
