package io.breakwater.wal.log.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.log.bookkeeper.LogRecord.Segment;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real ZooKeeper server in this JVM. */
class CatalogTest {

  private static final AtomicInteger COUNT = new AtomicInteger();

  @TempDir static Path directory;
  private static LocalZooKeeper server;

  private final String workspace = "w" + COUNT.incrementAndGet();
  private DisturbedSession session;
  private Catalog catalog;
  private Catalog other;

  @BeforeAll
  static void startZooKeeper() throws Exception {
    server = LocalZooKeeper.start(directory);
  }

  @AfterAll
  static void stopZooKeeper() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    session = new DisturbedSession(server.address());
    catalog = Catalog.open(session, "/a/breakwater", workspace);
    other = Catalog.open(new DisturbedSession(server.address()), "/a/breakwater", workspace);
    catalog.createDirectories("/wals/rs1");
  }

  @AfterEach
  void close() throws IOException {
    catalog.close();
    other.close();
  }

  private static LogRecord record() {
    return LogRecord.open(UUID.randomUUID(), "/wals/rs1", 5, new Segment(1, 0), Map.of());
  }

  @Test
  void log_isFoundByItsName_byEveryProcess() throws Exception {
    LogRecord record = record();
    catalog.createLog("/wals/rs1/a%,b", record);
    assertThat(other.find("/wals/rs1/a%,b").orElseThrow().log().record()).isEqualTo(record);
    assertThat(other.list("/wals/rs1"))
        .extracting(Catalog.Found::path)
        .containsExactly("/wals/rs1/a%,b");
    assertThat(other.records().read(record.id()).orElseThrow().record()).isEqualTo(record);
    assertThatThrownBy(() -> other.createLog("/wals/rs1/a%,b", record()))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void directoryThatWasRenamed_andMadeAnew_takesNoLogOfOneWhoLookedItUpBefore() throws Exception {
    // The directory is renamed and made anew exactly between the look-up and the creation.
    session.beforeNextWrite(
        () -> {
          other.rename("/wals/rs1", "/wals/rs1-splitting");
          other.createDirectories("/wals/rs1");
        });
    LogRecords.Stored created = catalog.createLog("/wals/rs1/late", record());
    assertThat(other.list("/wals/rs1-splitting")).isEmpty();
    assertThat(other.find("/wals/rs1/late").orElseThrow().log()).isEqualTo(created);
  }

  @Test
  void directoryAboveThatWasRenamed_takesNoLogEither() throws Exception {
    session.beforeNextWrite(
        () -> {
          other.rename("/wals", "/elsewhere");
        });
    assertThatThrownBy(() -> catalog.createLog("/wals/rs1/late", record()))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(other.list("/elsewhere/rs1")).isEmpty();
  }

  @Test
  void ofManyWhoCreateOneName_oneWins() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> tries =
          threads.invokeAll(
              java.util.Collections.nCopies(
                  8,
                  () -> {
                    try {
                      catalog.createLog("/wals/rs1/one", record());
                      return true;
                    } catch (FileAlreadyExistsException e) {
                      return false;
                    }
                  }));
      int winners = 0;
      for (Future<Boolean> each : tries) {
        winners += each.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
      assertThat(catalog.records().logs()).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void update_isMadeByOneOfTwoWhoReadTheSame() throws Exception {
    LogRecords.Stored stored = catalog.createLog("/wals/rs1/a", record());
    LogRecord fenced = stored.record().recovering();
    assertThat(other.records().update(stored, fenced)).isPresent();
    assertThat(catalog.records().update(stored, stored.record().withSegment(new Segment(2, 10))))
        .isEmpty();
    assertThat(catalog.records().read(stored.record().id()).orElseThrow().record())
        .isEqualTo(fenced);
  }

  @Test
  void changes_goOnAfterTheSessionHasExpired() throws Exception {
    LogRecords.Stored stored = catalog.createLog("/wals/rs1/a", record());
    long expired = session.sessionId();
    server.expire(expired);
    assertThat(catalog.records().update(stored, stored.record().recovering())).isPresent();
    catalog.rename("/wals/rs1", "/wals/rs2");
    assertThat(other.find("/wals/rs2/a")).isPresent();
    assertThat(session.sessionId()).isNotEqualTo(expired);
  }

  @Test
  void answerThatWasLost_isTakenForWhatHasHappened() throws Exception {
    // The connection is cut after the request was carried out and before its answer is read.
    LogRecords.Stored stored = catalog.createLog("/wals/rs1/a", record());
    LogRecord next = stored.record().recovering();
    session.loseNextAnswer();
    assertThat(catalog.records().update(stored, next).orElseThrow().record()).isEqualTo(next);
    session.loseNextAnswer();
    catalog.rename("/wals/rs1/a", "/wals/a");
    assertThat(other.find("/wals/a")).isPresent();
    LogRecord created = record();
    session.loseNextAnswer();
    catalog.createLog("/wals/rs1/b", created);
    assertThat(other.find("/wals/rs1/b").orElseThrow().log().record()).isEqualTo(created);
    session.loseNextAnswer();
    catalog.deleteLog("/wals/rs1/b", other.find("/wals/rs1/b").orElseThrow().log());
    assertThat(other.records().trash()).containsExactly(created);
    session.loseNextAnswer();
    catalog.deleteDirectory("/wals/rs1");
    assertThat(other.find("/wals/rs1")).isEqualTo(Optional.empty());
  }

  @Test
  void deletedLog_staysInTheTrash_untilItsLedgersAreGone() throws Exception {
    LogRecords.Stored stored = catalog.createLog("/wals/rs1/a", record());
    assertThatThrownBy(() -> catalog.deleteDirectory("/wals/rs1"))
        .isInstanceOf(DirectoryNotEmptyException.class);
    catalog.deleteLog("/wals/rs1/a", stored);
    assertThat(other.find("/wals/rs1/a")).isEmpty();
    assertThat(other.records().read(stored.record().id())).isEmpty();
    assertThat(other.records().trash()).containsExactly(stored.record());
    other.records().purge(stored.record().id());
    other.records().purge(stored.record().id());
    assertThat(catalog.records().trash()).isEmpty();
    catalog.deleteDirectory("/wals/rs1");
    assertThat(catalog.list("/wals")).isEmpty();
  }

  @Test
  void zooKeeperThatIsNotThere_isNamed() {
    assertThatThrownBy(
            () ->
                Catalog.open(
                    new ZooKeeperSession(
                        "127.0.0.1:1", Duration.ofSeconds(1), Duration.ofSeconds(1)),
                    "/breakwater",
                    "prod"))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(
            "Cannot open workspace prod", "127.0.0.1:1", "breakwater.wal.bookkeeper.zookeeper");
  }
}
