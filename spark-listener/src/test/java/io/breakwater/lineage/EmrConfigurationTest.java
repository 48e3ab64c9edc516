package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys and values that the configurations for EMR give to the listener. */
class EmrConfigurationTest {

  private static final Path FILES = Path.of("..", "docs", "emr", "configurations");

  @ParameterizedTest
  @ValueSource(strings = {"lineage", "all"})
  void sparkDefaults_areUnderstoodByTheListener(String name) throws Exception {
    SparkConf conf = new SparkConf(false);
    sparkDefaults(name).fields().forEachRemaining(e -> conf.set(e.getKey(), e.getValue().asText()));

    List<String> problems = new ArrayList<>();
    LineageConfig config = LineageConfig.of(conf, problems);
    assertThat(problems).isEmpty();
    assertThat(config.spoolDirectory())
        .isEqualTo(
            Path.of("/mnt/var/lib/breakwater-lineage").resolve(System.getProperty("user.name")));
    assertThat(conf.get("spark.extraListeners")).isEqualTo(LineageListener.class.getName());
  }

  private static JsonNode sparkDefaults(String name) throws IOException {
    for (JsonNode part :
        new ObjectMapper().readTree(Files.readAllBytes(FILES.resolve(name + ".json")))) {
      if (part.get("Classification").asText().equals("spark-defaults")) {
        return part.get("Properties");
      }
    }
    throw new AssertionError(name + ".json has no spark-defaults");
  }
}
