package io.breakwater.wal.log.bookkeeper;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogEncryption;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceContract;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A byte changes on the disks of bookies. */
class DamagedBookieIT {

  private static final String ZEROTH = "the record before them all";
  private static final String FIRST = "the first record, which stays as it is. ";
  private static final String SECOND = "the second record, of which a byte will change. ";
  private static final String THIRD = "the third record, which stays as it is.";

  @TempDir Path directory;

  @Test
  void damageOnOneBookie_isReadFromAnother_andOnAllIsAnError_neverAnEnd() throws Exception {
    try (BookieCluster bookies = BookieCluster.start(directory, 3)) {
      write(bookies);
      damage(bookies, 0);
      assertThat(read(bookies)).isEqualTo(ZEROTH + FIRST + SECOND + THIRD);

      damage(bookies, 1);
      damage(bookies, 2);
      try (Workspace workspace = open(bookies);
          LogReader log = workspace.open("/a")) {
        assertThat(log.length()).isEqualTo((ZEROTH + FIRST + SECOND + THIRD).length());
        ByteBuffer target = ByteBuffer.allocate(1000);
        int first = ZEROTH.length();
        int second = first + FIRST.length();
        assertThat(log.read(0, target)).isEqualTo(ZEROTH.length());
        assertThat(log.read(first, target)).isEqualTo(FIRST.length());
        assertThatThrownBy(() -> log.read(second, target))
            .isInstanceOf(LogCorruptException.class)
            .hasMessageContainingAll(
                "Cannot read entry 2 of ledger ", ", /a: no bookie has it whole");
        assertThat(log.read(second + SECOND.length(), target)).isEqualTo(THIRD.length());
      }
    }
  }

  private static Workspace open(BookieCluster bookies) throws IOException {
    return BookKeeperWorkspace.open(
        "damaged", BookKeeperWorkspaceIT.options(bookies.zooKeeper()), LogEncryption.NONE);
  }

  private static void write(BookieCluster bookies) throws Exception {
    try (Workspace workspace = open(bookies);
        LogAppender log = workspace.create("/a")) {
      for (String record : new String[] {ZEROTH, FIRST, SECOND, THIRD}) {
        log.append(UTF_8.encode(record)).get();
      }
    }
  }

  private static String read(BookieCluster bookies) throws Exception {
    try (Workspace workspace = open(bookies);
        LogReader log = workspace.open("/a")) {
      return WorkspaceContract.readFully(log);
    }
  }

  /** Ends a bookie in good order, so that all is in its entry log, changes a byte, starts it. */
  private static void damage(BookieCluster bookies, int index) throws IOException {
    bookies.bookie(index).terminate();
    int changed = 0;
    try (Stream<Path> files = Files.walk(bookies.bookieDirectory(index))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        int at = Files.readString(file, ISO_8859_1).indexOf(SECOND);
        if (at >= 0) {
          changed++;
          try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            bytes.write('T');
          }
        }
      }
    }
    assertThat(changed).as("files of bookie " + index + " that hold the record").isPositive();
    bookies.restart(index);
  }
}
