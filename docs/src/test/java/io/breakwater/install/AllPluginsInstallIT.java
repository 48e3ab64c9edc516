package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One machine with everything, each jar where README.md says. */
class AllPluginsInstallIT {

  @TempDir private Path directory;

  @Test
  void threePlugins_workBesideEachOther() throws Exception {
    Distribution distribution = Distribution.unpack(directory);
    HBaseNode hbase = HBaseNode.install(directory.resolve("hbase"));
    SparkNode spark = SparkNode.install(directory.resolve("spark"));
    hbase.drop(distribution.jar("hbase-wal-plugin"));
    spark.drop(distribution.jar("iceberg-maintenance"));
    spark.drop(distribution.jar("spark-listener"));
    InstallDocumentation documentation = distribution.documentation();
    hbase.appendDocumentedLines(documentation);
    spark.appendDocumentedProcedures(documentation);

    try (LineageBackend backend = LineageBackend.start()) {
      spark.appendDocumentedListener(documentation, backend.port());
      try (HostProcess servers = hbase.start();
          HostProcess driver = spark.submit(IcebergCalls.STATEMENTS)) {
        assertThat(hbase.rows("put", "t", "r1", "v1")).contains("acknowledged r1");
        IcebergCalls.check(driver.succeed());
        assertThat(backend.writesOf("db.t")).isNotEmpty();
        servers.kill();
      }
    }
    try (HostProcess servers = hbase.start()) {
      assertThat(hbase.rows("get", "t", "r1")).contains("value v1");
      assertThat(servers.isAlive()).isTrue();
    }
  }
}
