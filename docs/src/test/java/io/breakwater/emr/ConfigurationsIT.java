package io.breakwater.emr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shape of the files for {@code --configurations}; their keys are tested with the plugins. */
class ConfigurationsIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"hbase", "iceberg", "lineage", "all"})
  void file_hasEachClassificationOnce_withTextsForValues(String name) throws IOException {
    List<String> classifications = new ArrayList<>();
    for (JsonNode part : read(name)) {
      assertThat(part.fieldNames())
          .toIterable()
          .contains("Classification", "Properties")
          .isSubsetOf("Classification", "Properties", "Configurations");
      classifications.add(part.get("Classification").asText());
      assertThat(part.get("Properties")).allMatch(JsonNode::isTextual);
      for (JsonNode nested : part.path("Configurations")) {
        assertThat(nested.get("Classification").asText()).isEqualTo("export");
        assertThat(part.get("Classification").asText()).endsWith("-env");
      }
    }
    assertThat(classifications).isNotEmpty().doesNotHaveDuplicates();
  }

  @Test
  void fileForAll_isTheOthersTogether() throws IOException {
    Map<String, String> parts = new TreeMap<>();
    for (String plugin : List.of("hbase", "iceberg", "lineage")) {
      parts.putAll(properties(plugin));
    }
    assertThat(properties("all")).isEqualTo(parts);
  }

  @Test
  void environmentOfHBase_isGenerationalZgcOnJava21() throws IOException {
    assertThat(properties("hbase"))
        .containsEntry("hbase-env/JAVA_HOME", "/usr/lib/jvm/jre-21")
        .hasEntrySatisfying(
            "hbase-env/HBASE_REGIONSERVER_GC_OPTS",
            // The quotes are the shell's: the value is written behind export NAME=.
            value -> assertThat(value).matches("\"-XX:\\+UseZGC -XX:\\+ZGenerational( .*)?\""));
  }

  private static JsonNode read(String name) throws IOException {
    return JSON.readTree(
        Files.readAllBytes(Script.EMR.resolve("configurations/" + name + ".json")));
  }

  private static Map<String, String> properties(String name) throws IOException {
    Map<String, String> properties = new TreeMap<>();
    for (JsonNode part : read(name)) {
      String classification = part.get("Classification").asText() + "/";
      collect(classification, part.get("Properties"), properties);
      for (JsonNode nested : part.path("Configurations")) {
        collect(classification, nested.get("Properties"), properties);
      }
    }
    return properties;
  }

  private static void collect(String prefix, JsonNode from, Map<String, String> into) {
    from.fields()
        .forEachRemaining(entry -> into.put(prefix + entry.getKey(), entry.getValue().asText()));
  }
}
