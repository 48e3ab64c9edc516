package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The jar as a cluster gets it. */
class ShadedJarIT {

  private static final Path JAR = Path.of(System.getProperty("breakwater.jar"));

  @Test
  void jar_holdsOurClassesAndServicesOnly() throws IOException {
    try (ZipFile jar = new ZipFile(JAR.toFile())) {
      List<String> files =
          jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
      assertThat(files)
          .allMatch(name -> name.startsWith("io/breakwater/") || name.startsWith("META-INF/"))
          .contains(
              "io/breakwater/lineage/LineageListener.class",
              "META-INF/services/org.apache.spark.status.AppHistoryServerPlugin",
              "io/breakwater/lineage/shaded/picocli/CommandLine.class");
      ZipEntry service =
          jar.getEntry("META-INF/services/io.openlineage.client.transports.TransportBuilder");
      assertThat(
              new String(jar.getInputStream(service).readAllBytes(), StandardCharsets.UTF_8).trim())
          .isEqualTo("io.breakwater.lineage.events.BreakwaterTransportBuilder");
    }
  }

  @Test
  void jar_isSmall() throws IOException {
    // 1.0 MB, of which picocli is 0.4.
    assertThat(Files.size(JAR)).isLessThan(1_300_000);
  }
}
