package io.breakwater.install;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Files of ours that have the name of a file of a host.
 *
 * <p>A class below {@code META-INF/versions/N} counts under the name that it is loaded by. Not
 * counted: {@code module-info.class}, which a class path ignores; the rest of {@code META-INF},
 * which is read from every jar (services) or of the jar itself (manifest, licence, notice).
 */
final class ShadowedFiles {

  private static final Pattern VERSIONED = Pattern.compile("^META-INF/versions/\\d+/");
  private static final int FEWEST_OF_A_HOST = 20_000;

  private ShadowedFiles() {}

  /** One line for each, with both jars. */
  static List<String> find(List<Path> ours, HostClassPath host) throws IOException {
    Map<String, String> hosts = new HashMap<>();
    for (Path jar : host.jars()) {
      names(jar).forEach(name -> hosts.put(name, jar.getFileName().toString()));
    }
    if (hosts.size() < FEWEST_OF_A_HOST) {
      throw new IOException(
          "Cannot compare jars with host %s: it has %d files only".formatted(host, hosts.size()));
    }
    List<String> shadowed = new ArrayList<>();
    for (Path jar : ours) {
      for (String name : names(jar)) {
        if (hosts.containsKey(name)) {
          shadowed.add(jar.getFileName() + ": " + name + " of " + hosts.get(name));
        }
      }
    }
    return shadowed;
  }

  /** The names that {@code jar} has for a class path. */
  static Set<String> names(Path jar) throws IOException {
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
