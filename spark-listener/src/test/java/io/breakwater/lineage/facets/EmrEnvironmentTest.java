package io.breakwater.lineage.facets;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.Events;
import io.breakwater.lineage.LineageSession;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmrEnvironmentTest {

  private static final Path INFO = Path.of("src", "test", "resources", "emr", "info");
  private static final String STEP = "/mnt/var/lib/hadoop/steps/s-07767992IY7VC5NVV854";

  @TempDir private Path directory;

  @Test
  void nodeOfACluster_isDescribedByItsFiles() throws Exception {
    JsonNode facet = valid(read(INFO, Map.of(), STEP, Map.of()));
    assertThat(facet.get("platform").asText()).isEqualTo("EC2");
    assertThat(facet.get("clusterId").asText()).isEqualTo("j-BBBBBBBBBBBBB");
    assertThat(facet.get("stepId").asText()).isEqualTo("s-07767992IY7VC5NVV854");
    assertThat(facet.get("releaseLabel").asText()).isEqualTo("emr-7.11.0");
    assertThat(facet.get("region").asText()).isEqualTo("eu-central-1");
    assertThat(facet.get("instanceGroupId").asText()).isEqualTo("ig-AAAAAAAAAAAAA");
    assertThat(facet.get("instanceRole").asText()).isEqualTo("master");
    assertThat(facet.get("instanceId").asText()).isEqualTo("i-00000000000000001");
  }

  @Test
  void nodeWithDocumentedFilesAlone_hasClusterGroupAndRole() throws Exception {
    Files.copy(INFO.resolve("instance.json"), directory.resolve("instance.json"));
    Files.copy(INFO.resolve("job-flow.json"), directory.resolve("job-flow.json"));
    JsonNode facet = valid(read(directory, Map.of(), "/home/hadoop", Map.of()));
    assertThat(facet.get("clusterId").asText()).isEqualTo("j-BBBBBBBBBBBBB");
    assertThat(facet.get("instanceRole").asText()).isEqualTo("master");
    assertThat(facet.has("releaseLabel")).isFalse();
    assertThat(facet.has("stepId")).isFalse();
  }

  @Test
  void coreNode_isNotTakenForTheMaster() throws Exception {
    Files.copy(INFO.resolve("job-flow.json"), directory.resolve("job-flow.json"));
    write("instance.json", "{\"instanceGroupId\":\"ig-CCCCCCCCCCCCC\",\"isMaster\":false}");
    JsonNode facet = valid(read(directory, Map.of(), "/", Map.of()));
    assertThat(facet.get("instanceRole").asText()).isEqualTo("core");
    assertThat(facet.has("instanceId")).isFalse();
  }

  @Test
  void machineThatIsNotOfEmr_hasNoFacet() {
    assertThat(read(directory.resolve("nothing"), Map.of("PATH", "/bin"), STEP, Map.of()))
        .isEmpty();
  }

  @Test
  void fileThatIsNotWhatItShouldBe_isOneLineAndTheOthersCount() throws Exception {
    for (String malformed : List.of("", "{\"releaseLabel\":", "[]", "\u0000\u0001")) {
      write("extraInstanceData.json", malformed);
      write("instance.json", "{\"instanceGroupId\":7,\"isMaster\":\"yes\"}");
      write("job-flow.json", "{\"jobFlowId\":\"j-1\",\"instanceGroups\":\"none\"}");
      JsonNode facet = valid(read(directory, Map.of(), "/", Map.of()));
      assertThat(facet.get("clusterId").asText()).isEqualTo("j-1");
      assertThat(facet.has("instanceGroupId")).isFalse();
      assertThat(facet.has("instanceRole")).isFalse();
    }
    assertThat(Files.readString(Path.of("target", "host.log")))
        .contains("Cannot use " + directory.resolve("extraInstanceData.json") + " for lineage: ");
  }

  @Test
  void serverlessJob_isDescribedByItsEnvironment() throws Exception {
    Map<String, String> environment =
        Map.of("SERVERLESS_EMR_VIRTUAL_CLUSTER_ID", "00app", "SERVERLESS_EMR_JOB_ID", "00job");
    JsonNode facet = valid(read(directory, environment, "/", Map.of()));
    assertThat(facet.get("platform").asText()).isEqualTo("Serverless");
    assertThat(facet.get("applicationId").asText()).isEqualTo("00app");
    assertThat(facet.get("jobRunId").asText()).isEqualTo("00job");
  }

  @Test
  void jobOnEks_isDescribedByTheLabelsOfItsPod() throws Exception {
    String label = "spark.kubernetes.driver.label.emr-containers.amazonaws.com/";
    Map<String, String> conf = Map.of(label + "virtual-cluster-id", "vc", label + "job.id", "job");
    JsonNode facet = valid(read(directory, Map.of(), "/", conf));
    assertThat(facet.get("platform").asText()).isEqualTo("EKS");
    assertThat(facet.get("virtualClusterId").asText()).isEqualTo("vc");
    assertThat(facet.get("jobRunId").asText()).isEqualTo("job");
  }

  @Test
  void everyRunEventOfASession_hasTheFacet() throws Exception {
    List<JsonNode> events;
    try (LineageSession session =
        LineageSession.start(
            directory,
            Map.of("spark.breakwater.lineage.emr.infoDir", INFO.toAbsolutePath().toString()))) {
      session.spark().range(5).write().parquet(directory.resolve("table").toString());
      events = session.stop();
    }
    assertThat(events).hasSizeGreaterThanOrEqualTo(4);
    for (JsonNode event : events) {
      JsonNode facet = event.at("/run/facets/breakwater_emr");
      assertThat(facet.path("clusterId").asText()).as("%s", event).isEqualTo("j-BBBBBBBBBBBBB");
      assertThat(FacetSchema.of(EmrEnvironment.FACET).violations(facet)).isEmpty();
    }
  }

  private static Optional<ObjectNode> read(
      Path info, Map<String, String> environment, String directory, Map<String, String> conf) {
    return EmrEnvironment.read(info, environment, directory, conf::get);
  }

  private void write(String file, String content) throws Exception {
    Files.write(directory.resolve(file), content.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode valid(Optional<ObjectNode> facet) throws Exception {
    JsonNode tree = Events.parse(facet.orElseThrow().toString());
    assertThat(FacetSchema.of(EmrEnvironment.FACET).violations(tree)).isEmpty();
    return tree;
  }
}
