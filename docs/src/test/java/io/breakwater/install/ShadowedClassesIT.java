package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No file of ours has the name of a file of a host: wherever the jars stand on the class path, the
 * host finds what it has always found.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShadowedClassesIT {

  private List<Path> ours;

  @BeforeAll
  void unpackOurJars(@TempDir Path directory) throws Exception {
    Distribution distribution = Distribution.unpack(directory);
    ours = Distribution.PLUGINS.stream().map(distribution::jar).toList();
  }

  static Stream<HostClassPath> hosts() {
    return Stream.of(HostClassPath.hbase(), HostClassPath.spark());
  }

  @ParameterizedTest
  @MethodSource("hosts")
  void jars_haveNoFileOfTheHost(HostClassPath host) throws IOException {
    assertThat(ShadowedFiles.find(ours, host)).isEmpty();
  }

  @Test
  void jars_haveNoFileOfEachOther() throws IOException {
    Set<String> names = new HashSet<>();
    Set<String> twice = new TreeSet<>();
    for (Path jar : ours) {
      for (String name : ShadowedFiles.names(jar)) {
        if (!names.add(name)) {
          twice.add(name);
        }
      }
    }

    assertThat(names).contains("io/breakwater/iceberg/BreakwaterExtensions.class");
    assertThat(twice).isEmpty();
  }
}
