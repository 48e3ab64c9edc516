package io.breakwater.wal.log.bookkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.log.LogEncryption;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The engine's contract, on three bookies that are processes of their own. */
class BookKeeperWorkspaceIT extends WorkspaceContract {

  private static final AtomicInteger COUNT = new AtomicInteger();

  @TempDir static Path directory;
  private static BookieCluster bookies;

  private final String name = "contract-" + COUNT.incrementAndGet();
  private final List<Workspace> opened = new ArrayList<>();

  @BeforeAll
  static void startBookies() {
    bookies = BookieCluster.start(directory, 3);
  }

  @AfterAll
  static void stopBookies() {
    bookies.close();
  }

  static BookKeeperOptions options(String zooKeeper) {
    return new BookKeeperOptions(
        zooKeeper,
        "/ledgers",
        "/breakwater",
        3,
        3,
        2,
        BookKeeperOptions.Placement.RACK,
        64L << 20,
        Duration.ofHours(1),
        1L << 30,
        16L << 20,
        64,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        null,
        Map.of());
  }

  @Override
  protected Workspace open() throws IOException {
    Workspace workspace =
        BookKeeperWorkspace.open(name, options(bookies.zooKeeper()), LogEncryption.NONE);
    opened.add(workspace);
    return workspace;
  }

  @Override
  @SuppressWarnings("try") // Closing a ledger or its client may be interrupted.
  protected void leaveOrphan(int bytes) throws Exception {
    // The engine's own client is relocated here, so its ledger is made as anybody's.
    ClientConfiguration conf = new ClientConfiguration();
    conf.setMetadataServiceUri("zk+hierarchical://" + bookies.zooKeeper() + "/ledgers");
    try (BookKeeper client = BookKeeper.newBuilder(conf).build();
        WriteHandle ledger =
            client
                .newCreateLedgerOp()
                .withPassword("breakwater".getBytes(UTF_8))
                .withCustomMetadata(Map.of("breakwater-workspace", name.getBytes(UTF_8)))
                .execute()
                .get()) {
      ledger.append(new byte[bytes]);
    }
  }

  @AfterEach
  void closeWorkspaces() throws IOException {
    for (Workspace each : opened) {
      each.close();
    }
  }
}
