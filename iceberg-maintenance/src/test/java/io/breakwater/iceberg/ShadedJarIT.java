package io.breakwater.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** The one jar to drop on the class path holds nothing but ours, and works. */
class ShadedJarIT {
  private static final Path JAR = Path.of(System.getProperty("breakwater.jar"));

  /** The codec needs no library, so that the jar is code of ours alone. */
  private static final long MAX_BYTES = 1_000_000;

  @Test
  void jar_holdsOnlyBreakwaterAndMetadata() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> strangers =
          jar.stream()
              .filter(entry -> !entry.isDirectory())
              .map(ZipEntry::getName)
              .filter(name -> !name.startsWith("io/breakwater/iceberg/"))
              .filter(name -> !name.startsWith("META-INF/"))
              .toList();

      assertThat(strangers).isEmpty();
      assertThat(jar.getEntry("io/breakwater/iceberg/BreakwaterExtensions.class")).isNotNull();
    }
  }

  @Test
  void jar_staysSmall() throws IOException {
    System.out.printf("%s: %,d bytes%n", JAR.getFileName(), Files.size(JAR));

    assertThat(Files.size(JAR)).isBetween(10_000L, MAX_BYTES);
  }

  @Test
  void call_fromTheJar_runs() throws Exception {
    assertThat(
            Path.of(
                BreakwaterExtensions.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI()))
        .isEqualTo(JAR);

    try (LocalSpark spark = LocalSpark.start()) {
      spark.createTable("lake.db.t", 1000, 8, "");
      int deleted = spark.scatterDeletes("lake.db.t", 1000, 8, 12);
      String answer = spark.answer("lake.db.t");

      Row row = spark.tableRow("CALL lake.system.rewrite_deletion_vectors('db.t')");

      assertThat(row.<Long>getAs("added_puffin_files_count")).isEqualTo(1);
      assertThat(row.<Long>getAs("deleted_row_count")).isEqualTo(deleted);
      assertThat(spark.answer("lake.db.t")).isEqualTo(answer);
    }
  }
}
