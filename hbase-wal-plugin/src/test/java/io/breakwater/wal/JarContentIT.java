package io.breakwater.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The one jar that is dropped on HBase's class path. */
class JarContentIT {

  private static final long LARGEST_BYTES = 18 << 20;

  private static final Path JAR = Path.of(System.getProperty("breakwater.jar"));

  @Test
  void jar_holdsOurPackagesOnly() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> strangers =
          jar.stream()
              .filter(entry -> !entry.isDirectory())
              .map(ZipEntry::getName)
              .filter(
                  name -> !name.startsWith("io/breakwater/wal/") && !name.startsWith("META-INF/"))
              .toList();
      assertThat(strangers).isEmpty();
      assertThat(jar.getEntry("io/breakwater/wal/BreakwaterWALProvider.class")).isNotNull();
    }
  }

  @Test
  void jar_announcesTheFileSystemAndNoOtherServiceOfTheHost() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> services =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.startsWith("META-INF/services/") && !name.endsWith("/"))
              .toList();
      assertThat(services)
          .containsExactlyInAnyOrder(
              "META-INF/services/org.apache.hadoop.fs.FileSystem",
              "META-INF/services/io.breakwater.wal.shaded.com.scurrilous.circe.HashProvider");
    }
  }

  @Test
  void jar_hidesNoClassOfTheHost() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> classes =
          jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();
      assertThat(classes).isNotEmpty();
      for (String name : classes) {
        Enumeration<URL> places = getClass().getClassLoader().getResources(name);
        int others = 0;
        while (places.hasMoreElements()) {
          String place = places.nextElement().toString();
          if (!place.contains(JAR.getFileName().toString())
              && !place.contains("/target/classes/")) {
            others++;
          }
        }
        assertThat(others).as(name).isZero();
      }
    }
  }

  @Test
  void loggingOfTheBookKeeperClient_putsNothingIntoTheDiagnosticContext_whichTakesNoNull()
      throws Exception {
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {JAR.toUri().toURL()}, getClass().getClassLoader())) {
      Class<?> loggers =
          loader.loadClass("io.breakwater.wal.shaded.io.github.merlimat.slog.Logger");
      Object logger = loggers.getMethod("get", Class.class).invoke(null, JarContentIT.class);
      assertThat(logger.getClass().getSimpleName()).isEqualTo("Slf4jSimpleLogger");
    }
  }

  @Test
  void jar_staysSmall() throws IOException {
    long bytes = Files.size(JAR);
    System.out.println(JAR.getFileName() + " has " + bytes + " bytes");
    assertThat(bytes).isLessThan(LARGEST_BYTES);
  }
}
