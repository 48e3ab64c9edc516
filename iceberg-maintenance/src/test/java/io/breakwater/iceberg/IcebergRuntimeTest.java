package io.breakwater.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.iceberg.spark.SparkCatalog;
import org.junit.jupiter.api.Test;

/** The tests run on the Iceberg that the profile names, not on the one of the compiler. */
class IcebergRuntimeTest {

  @Test
  void iceberg_isOfTheVersionAskedFor() {
    assertThat(jar()).endsWith("-" + System.getProperty("breakwater.iceberg.version") + ".jar");
  }

  /**
   * The file name of the jar that Iceberg's classes come from; its own version may be another's.
   */
  static String jar() {
    return Path.of(SparkCatalog.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .getFileName()
        .toString();
  }
}
