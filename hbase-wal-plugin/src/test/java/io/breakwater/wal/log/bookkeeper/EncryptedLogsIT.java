package io.breakwater.wal.log.bookkeeper;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.crypto.EnvelopeEncryption;
import io.breakwater.wal.crypto.KeyProviders;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogEncryption;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptedLogsIT {

  private static final String SECRET = "a secret that must not be seen on any bookie";

  @TempDir static Path directory;
  private static BookieCluster bookies;

  @BeforeAll
  static void startBookies() {
    bookies = BookieCluster.start(directory.resolve("bookies"), 3);
  }

  @AfterAll
  static void stopBookies() {
    bookies.close();
  }

  private static Workspace open(String name, LogEncryption encryption) throws IOException {
    return BookKeeperWorkspace.open(
        name, BookKeeperWorkspaceIT.options(bookies.zooKeeper()), encryption);
  }

  private static LogEncryption encryption(String name, int key) throws IOException {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) key;
    Path file = directory.resolve("keys-" + key);
    Files.writeString(file, "wal=" + Base64.getEncoder().encodeToString(bytes));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return new EnvelopeEncryption(name, KeyProviders.keyFile(file));
  }

  private static String read(Workspace workspace, String path) throws IOException {
    try (LogReader reader = workspace.open(path)) {
      return WorkspaceContract.readFully(reader);
    }
  }

  @Test
  void bookiesHoldNoPlainText_andTheKeyGivesItBack_alsoAfterARecovery() throws Exception {
    try (Workspace workspace = open("encrypted", encryption("encrypted", 1));
        Workspace other = open("encrypted", encryption("encrypted", 1))) {
      LogAppender zombie = workspace.create("/a");
      zombie.append(UTF_8.encode(SECRET)).get();
      assertThat(other.recover("/a")).isEqualTo(SECRET.length());
      assertThat(read(other, "/a")).isEqualTo(SECRET);
      zombie.close();
      assertThat(onBookies(SECRET)).isFalse();

      try (Workspace plain = open("plain", LogEncryption.NONE);
          LogAppender log = plain.create("/a")) {
        log.append(UTF_8.encode(SECRET)).get();
        assertThat(onBookies(SECRET)).as("the look at the bookies' files sees plain text").isTrue();
      }
    }
  }

  @Test
  void wrongOrMissingKey_isNamed_andNothingIsChanged() throws Exception {
    try (Workspace workspace = open("keys", encryption("keys", 1))) {
      try (LogAppender log = workspace.create("/a")) {
        log.append(UTF_8.encode(SECRET)).get();
      }
      try (Workspace wrong = open("keys", encryption("keys", 2));
          Workspace none = open("keys", LogEncryption.NONE)) {
        assertThatThrownBy(() -> wrong.open("/a"))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("is not the one that wrapped it");
        assertThatThrownBy(() -> none.open("/a"))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("breakwater.wal.encryption.key-provider is none");
        assertThat(none.recover("/a")).isEqualTo(SECRET.length());
      }
      assertThat(read(workspace, "/a")).isEqualTo(SECRET);
    }
  }

  @Test
  void logsFromBeforeTheSwitch_areReadBesideEncryptedOnes() throws Exception {
    try (Workspace before = open("switched", LogEncryption.NONE);
        LogAppender log = before.create("/old")) {
      log.append(UTF_8.encode("old")).get();
    }
    try (Workspace after = open("switched", encryption("switched", 1))) {
      assertThat(read(after, "/old")).isEqualTo("old");
    }
  }

  /** Whether any file of a bookie holds {@code text}. */
  private static boolean onBookies(String text) throws IOException {
    for (int i = 0; i < 3; i++) {
      try (Stream<Path> files = Files.walk(bookies.bookieDirectory(i))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          if (Files.readString(file, ISO_8859_1).contains(text)) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
