package io.breakwater.wal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.wal.cluster.AcknowledgedRows;
import io.breakwater.wal.cluster.AcknowledgedRows.Writing;
import io.breakwater.wal.cluster.ClusterBuilder;
import io.breakwater.wal.cluster.ClusterProcess;
import io.breakwater.wal.cluster.HBaseCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegionServerCrashIT {

  /** How the servers are told about the provider. */
  private enum Layout {
    ONE_WAL_PER_SERVER,
    WALS_BY_REGION_GROUP,
    OUR_GROUPS_BY_LOAD;

    ClusterBuilder configure(ClusterBuilder cluster) {
      return switch (this) {
        case ONE_WAL_PER_SERVER -> cluster;
        case WALS_BY_REGION_GROUP ->
            cluster
                .set("hbase.wal.provider", "multiwal")
                .set(
                    "hbase.wal.regiongrouping.delegate.provider",
                    "io.breakwater.wal.BreakwaterWALProvider");
        case OUR_GROUPS_BY_LOAD ->
            cluster
                .set("hbase.wal.provider", "io.breakwater.wal.BreakwaterGroupingProvider")
                .set(
                    "hbase.wal.regiongrouping.strategy",
                    "io.breakwater.wal.hbase.LoadAwareGroupingStrategy");
      };
    }

    String walNamePattern() {
      return switch (this) {
        case ONE_WAL_PER_SERVER -> "[^.]+\\.\\d+";
        case WALS_BY_REGION_GROUP, OUR_GROUPS_BY_LOAD -> ".+\\.regiongroup-[01]\\.\\d+";
      };
    }
  }

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("crash"), System.nanoTime());

  @ParameterizedTest
  @EnumSource
  void killedRegionServer_losesNoAcknowledgedRowThatWasNeverFlushed(Layout layout)
      throws IOException {
    try (HBaseCluster cluster =
            layout
                .configure(HBaseCluster.in(directory).breakwater(directory.resolve("logs")))
                .start();
        Connection connection = cluster.connect()) {
      rows.createTable(connection, 6);
      cluster.awaitTable(rows.table());
      rows.write(connection, 5_000, 8);

      assertThat(cluster.regionServers())
          .allSatisfy(
              server -> {
                assertThat(server.logLines("Instantiating WALProvider of type "))
                    .anyMatch(line -> line.contains("io.breakwater.wal.Breakwater"));
              });
      assertThat(cluster.files().walNames())
          .filteredOn(name -> name.matches(layout.walNamePattern()))
          .hasSizeGreaterThanOrEqualTo(2);
      assertThat(cluster.files().storeFiles(rows.table())).isEmpty();
      if (layout == Layout.OUR_GROUPS_BY_LOAD) {
        assertThat(cluster.files().masterStoreWalNames())
            .isNotEmpty()
            .noneMatch(name -> name.contains("regiongroup"));
      }

      Writing writing = rows.startWriting(connection, 5_000, 8);
      ClusterProcess victim = cluster.regionServer(cluster.serverOfMeta(connection));
      victim.kill();
      cluster.awaitRegionServers(1);
      cluster.awaitTable(rows.table());
      writing.finish();

      rows.verify(connection).assertExact();
      assertThat(rows.acknowledged()).isEqualTo(10_000);
    }
  }
}
