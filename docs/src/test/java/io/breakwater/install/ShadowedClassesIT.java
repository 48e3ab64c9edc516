package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No file of ours has the name of a file of a host: wherever the jars stand on the class path, the
 * host finds what it has always found.
 *
 * <p>A class below {@code META-INF/versions/N} counts under the name that it is loaded by. Not
 * counted: {@code module-info.class}, which a class path ignores; the rest of {@code META-INF},
 * which is read from every jar (services) or of the jar itself (manifest, licence, notice).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShadowedClassesIT {

  private static final Pattern VERSIONED = Pattern.compile("^META-INF/versions/\\d+/");

  private final Map<String, Set<String>> ours = new TreeMap<>();

  @BeforeAll
  void readOurJars(@TempDir Path directory) throws Exception {
    Distribution distribution = Distribution.unpack(directory);
    for (String plugin : Distribution.PLUGINS) {
      ours.put(plugin, names(distribution.jar(plugin)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void jars_haveNoFileOfTheHost(HostClassPath host) throws IOException {
    Map<String, String> hosts = new HashMap<>();
    for (Path jar : host.jars()) {
      names(jar).forEach(name -> hosts.put(name, jar.getFileName().toString()));
    }
    assertThat(hosts).as("the host itself was read").hasSizeGreaterThan(20_000);

    List<String> shadowed =
        ours.entrySet().stream()
            .flatMap(
                plugin ->
                    plugin.getValue().stream()
                        .filter(hosts::containsKey)
                        .map(name -> plugin.getKey() + ": " + name + " of " + hosts.get(name)))
            .toList();

    assertThat(shadowed).isEmpty();
  }

  @Test
  void jars_haveNoFileOfEachOther() {
    Set<String> names = new TreeSet<>(Comparator.naturalOrder());
    Set<String> twice =
        ours.values().stream()
            .flatMap(Set::stream)
            .filter(name -> !names.add(name))
            .collect(Collectors.toSet());

    assertThat(names).contains("io/breakwater/iceberg/BreakwaterExtensions.class");
    assertThat(twice).isEmpty();
  }

  private static Set<String> names(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return zip.stream()
          .filter(entry -> !entry.isDirectory())
          .map(ZipEntry::getName)
          .map(name -> VERSIONED.matcher(name).replaceFirst(""))
          .filter(name -> !name.startsWith("META-INF/") && !name.equals("module-info.class"))
          .collect(Collectors.toSet());
    }
  }
}
