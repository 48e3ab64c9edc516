package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import io.openlineage.spark.agent.Versions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenLineageVersionTest {

  @Test
  void neededVersion_isTheOneThatTheModuleIsBuiltWith() {
    assertThat(OpenLineageVersion.NEEDED).isEqualTo(Versions.getVersion());
    assertThat(OpenLineageVersion.older()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.37.0", "1.52.9", "1.9.1", "0.99.0", "1.52", "1.52.0-SNAPSHOT"})
  void lowerVersion_isOlder(String version) {
    assertThat(OpenLineageVersion.isOlder(version)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.53.0", "1.53.1", "1.54.0", "1.100.0", "2.0.0", "1.53", "1.53.0-amzn-0"})
  void sameOrHigherVersion_isNotRefused(String version) {
    assertThat(OpenLineageVersion.isOlder(version)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "", "unknown 1.2.3", "99999999999.1.0"})
  void whatSaysNoVersion_isNotRefused(String version) {
    assertThat(OpenLineageVersion.isOlder(version)).isFalse();
  }
}
