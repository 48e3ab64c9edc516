package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real drivers whose OpenLineage jar is missing or too old: one clear line, an unharmed job. */
class OpenLineageJarsIT {

  private static final Path JAR = Path.of(System.getProperty("breakwater.jar"));
  private static final Pattern COMPLAINT_ABOUT_LINEAGE =
      Pattern.compile(".* (WARN|ERROR) .*[Ll]ineage.*");

  @TempDir private Path directory;

  static List<Path> olderJars() throws IOException {
    try (var jars = Files.list(Path.of(System.getProperty("breakwater.openlineage.older")))) {
      List<Path> older = jars.sorted().toList();
      assertThat(older).isNotEmpty();
      return older;
    }
  }

  @Test
  void missingOpenLineageJar_isOneClearLineAndAnUnharmedJob() throws Exception {
    assertThat(complaintOfUnharmedJob(withoutOpenLineage()))
        .contains(
            "Cannot capture lineage: the OpenLineage Spark integration is missing",
            "The job runs without lineage",
            "io.openlineage:openlineage-spark_2.12:1.53.0");
  }

  @ParameterizedTest
  @MethodSource("olderJars")
  void olderOpenLineageJar_isOneClearLineAndAnUnharmedJob(Path older) throws Exception {
    String version =
        older.getFileName().toString().replaceAll("openlineage-spark_2\\.12-|\\.jar", "");
    assertThat(complaintOfUnharmedJob(older + File.pathSeparator + withoutOpenLineage()))
        .contains(
            "Cannot capture lineage: OpenLineage " + version + " is on the class path",
            "1.53.0 or later is needed",
            "The job runs without lineage",
            "io.openlineage:openlineage-spark_2.12:1.53.0");
  }

  /** Runs a job that has to succeed; the one line about lineage of its log. */
  private String complaintOfUnharmedJob(String classPath) throws Exception {
    Path spool = directory.resolve("spool");
    List<String> conf =
        List.of(
            "-Dspark.extraListeners=io.breakwater.lineage.LineageListener",
            "-Dspark.openlineage.transport.type=file",
            "-Dspark.openlineage.transport.location=" + directory.resolve("events.jsonl"),
            "-Dspark.breakwater.lineage.spool.dir=" + spool);
    try (ChildJvm driver =
        ChildJvm.start(
            directory,
            "driver",
            classPath,
            conf,
            ReadBackApp.class.getName(),
            directory.toString())) {
      assertThat(driver.awaitExit()).as(driver.output()).isZero();
      assertThat(driver.output().lines()).contains("result " + ReadBackApp.SUM, "stopped");
      assertThat(driver.log().lines())
          .as("stack traces")
          .noneMatch(line -> line.startsWith("\tat"));
      assertThat(spool).as("nothing is left behind").doesNotExist();
      List<String> complaints =
          driver.log().lines().filter(COMPLAINT_ABOUT_LINEAGE.asMatchPredicate()).toList();
      assertThat(complaints).singleElement().asString().contains(" ERROR ", " LineageListener: ");
      return complaints.get(0);
    }
  }

  private static String withoutOpenLineage() {
    return ChildJvm.classPath(JAR, entry -> !entry.contains("openlineage"));
  }
}
