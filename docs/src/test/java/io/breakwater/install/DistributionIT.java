package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What is in the archive. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DistributionIT {

  static final List<String> PLUGINS = Distribution.PLUGINS;

  private final ObjectMapper json = new ObjectMapper();
  private Path directory;
  private Distribution distribution;

  @BeforeAll
  void unpack(@TempDir Path temporary) throws Exception {
    directory = temporary;
    distribution = Distribution.unpack(temporary);
  }

  @Test
  void checksums_coverEveryOtherFileAndHold() throws Exception {
    Path sums = distribution.home().resolve("SHA256SUMS");
    List<String> named =
        Files.readAllLines(sums).stream().map(line -> line.substring(64 + 2)).sorted().toList();

    assertThat(named)
        .isEqualTo(
            distribution.files().stream().filter(file -> !file.equals("SHA256SUMS")).toList());
    run(distribution.home(), "sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS");
  }

  @Test
  void checksum_besideTheArchive_holds() throws Exception {
    Path archive = Distribution.archive();
    Path sum = archive.resolveSibling(archive.getFileName() + ".sha256");

    run(archive.getParent(), "sha256sum", "--check", "--strict", "--quiet", sum.toString());
  }

  @ParameterizedTest
  @FieldSource("PLUGINS")
  void manifest_namesPluginAndVersion(String plugin) throws IOException {
    try (JarFile jar = new JarFile(distribution.jar(plugin).toFile())) {
      Attributes attributes = jar.getManifest().getMainAttributes();
      assertThat(attributes.getValue("Implementation-Title")).isEqualTo(plugin);
      assertThat(attributes.getValue("Implementation-Version")).isEqualTo(Distribution.version());
      assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
    }
  }

  @ParameterizedTest
  @FieldSource("PLUGINS")
  void bundledArtifact_comesWithItsLicenceOrIsUnderOurOwn(String plugin) throws IOException {
    JsonNode bill = bill(plugin);
    assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
    for (JsonNode component : bill.path("components")) {
      String artifact = component.path("name").asText() + "-" + component.path("version").asText();
      boolean hasText = Files.isDirectory(distribution.home().resolve("licenses/" + artifact));
      List<String> licences = component.path("licenses").findValuesAsText("id");
      assertThat(hasText || licences.equals(List.of("Apache-2.0")))
          .as("licence of %s, which is %s", artifact, licences)
          .isTrue();
    }
  }

  @Test
  void billOfMaterials_namesWhatIsBundledAndNoHost() throws IOException {
    assertThat(names("iceberg-maintenance")).isEmpty();
    assertThat(names("spark-listener")).containsExactlyInAnyOrder("dagre", "graphlib", "picocli");
    assertThat(names("hbase-wal-plugin"))
        .contains("bookkeeper-server", "netty-buffer", "guava", "picocli")
        .noneMatch(name -> name.startsWith("hbase-") || name.startsWith("hadoop-"));
  }

  @Test
  void scripts_canBeRunAndNothingElseIsExecutable() throws IOException {
    for (String file : distribution.files()) {
      assertThat(Files.isExecutable(distribution.home().resolve(file)))
          .as(file)
          .isEqualTo(file.startsWith("bin/") || file.endsWith(".sh"));
    }
  }

  private JsonNode bill(String plugin) throws IOException {
    return json.readTree(
        distribution.home().resolve("sbom").resolve(plugin + ".cdx.json").toFile());
  }

  private List<String> names(String plugin) throws IOException {
    return bill(plugin).path("components").findValuesAsText("name");
  }

  private void run(Path where, String... command) throws Exception {
    List<String> line = new ArrayList<>(List.of("sh", "-c", "cd \"$0\" && exec \"$@\""));
    line.add(where.toString());
    line.addAll(List.of(command));
    try (HostProcess process = HostProcess.start(directory, "checksums", Map.of(), line)) {
      process.succeed();
    }
  }
}
