package io.breakwater.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A Java of this machine. Immutable.
 *
 * @param home its directory, as {@code JAVA_HOME}
 */
record Jdk(Path home) {

  /** The one that runs the tests. */
  static Jdk current() {
    return new Jdk(Path.of(System.getProperty("java.home")));
  }

  /**
   * Looks for a Java of {@code feature}, such as 25: in the system property {@code
   * breakwater.jdk.25}, in the environment variable {@code BREAKWATER_JDK_25}, and beside the one
   * that runs the tests.
   *
   * @throws IOException if what the property or the variable names is no such Java
   */
  static Optional<Jdk> find(int feature) throws IOException {
    String named =
        System.getProperty("breakwater.jdk." + feature, System.getenv("BREAKWATER_JDK_" + feature));
    if (named != null) {
      Jdk jdk = new Jdk(Path.of(named));
      if (!isOf(jdk.home, feature)) {
        throw new IOException(
            "Invalid breakwater.jdk.%d: %s, must be the home of a Java %d"
                .formatted(feature, named, feature));
      }
      return Optional.of(jdk);
    }
    try (Stream<Path> neighbours = Files.list(current().home.toRealPath().getParent())) {
      return neighbours.sorted().filter(home -> isOf(home, feature)).findFirst().map(Jdk::new);
    }
  }

  private static boolean isOf(Path home, int feature) {
    return versionOf(home).matches(feature + "(\\D.*)?");
  }

  /** The version, such as 17.0.18; empty if there is no Java. */
  private static String versionOf(Path home) {
    Properties release = new Properties();
    Path file = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin/java")) || !Files.exists(file)) {
      return "";
    }
    try (var in = Files.newInputStream(file)) {
      release.load(in);
    } catch (IOException e) {
      // It may vanish or be somebody else's; it is then none that can be used.
      return "";
    }
    return release.getProperty("JAVA_VERSION", "").replace("\"", "");
  }

  String version() {
    return versionOf(home);
  }

  /** The command {@code java}. */
  String java() {
    return home.resolve("bin/java").toString();
  }

  /** What scripts look for. */
  Map<String, String> environment() {
    return Map.of("JAVA_HOME", home.toString());
  }
}
