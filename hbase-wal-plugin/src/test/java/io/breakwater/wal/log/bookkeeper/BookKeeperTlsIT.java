package io.breakwater.wal.log.bookkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.cluster.BookieCluster;
import io.breakwater.wal.cluster.KeptOnFailure;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogEncryption;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Bookies that let in only who has a certificate of their authority, with the role "wal". */
class BookKeeperTlsIT {

  private static final String ROLE = "0:wal";

  @TempDir(factory = KeptOnFailure.class, cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static Certificates authority;
  private static Certificates stranger;
  private static Path bookieKeys;
  private static Path bookieTrust;
  private static Path ourKeys;
  private static Path ourTrust;
  private static BookieCluster bookies;

  @BeforeAll
  static void startBookies() throws Exception {
    authority = Certificates.authority(directory.resolve("authority"));
    stranger = Certificates.authority(directory.resolve("stranger"));
    bookieKeys = directory.resolve("bookie.p12");
    bookieTrust = directory.resolve("bookie-trust.p12");
    ourKeys = authority.issue("server", ROLE);
    ourTrust = authority.truststore();
    Files.copy(authority.issue("bookie", "0:bookie"), bookieKeys);
    Files.copy(authority.truststore(), bookieTrust);
    Map<String, String> settings = new HashMap<>();
    settings.put("tlsProvider", "JDK");
    settings.put("tlsProviderFactoryClass", "org.apache.bookkeeper.tls.TLSContextFactory");
    settings.put("tlsClientAuthentication", "true");
    settings.put("tlsKeyStoreType", "PKCS12");
    settings.put("tlsKeyStore", bookieKeys.toString());
    settings.put("tlsKeyStorePasswordPath", authority.passwordFile().toString());
    settings.put("tlsTrustStoreType", "PKCS12");
    settings.put("tlsTrustStore", bookieTrust.toString());
    settings.put("tlsTrustStorePasswordPath", authority.passwordFile().toString());
    settings.put("tlsCertFilesRefreshDurationSeconds", "1");
    settings.put("bookieAuthProviderFactoryClass", "org.apache.bookkeeper.tls.BookieAuthZFactory");
    settings.put("authorizedRoles", "wal");
    bookies = BookieCluster.startBehindLinks(directory.resolve("bookies"), 3, settings);
  }

  @AfterAll
  static void stopBookies() {
    if (bookies != null) {
      bookies.close();
    }
  }

  private static Workspace open(String name, TlsOptions tls) throws IOException {
    return BookKeeperWorkspace.open(name, options(tls), LogEncryption.NONE);
  }

  private static BookKeeperOptions options(TlsOptions tls) {
    return new BookKeeperOptions(
        bookies.zooKeeper(),
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
        Duration.ofSeconds(2),
        Duration.ofSeconds(20),
        Duration.ofSeconds(10),
        tls,
        Map.of());
  }

  private static TlsOptions tls(Path truststore, Path keystore) {
    return new TlsOptions(
        truststore,
        authority.passwordFile(),
        keystore,
        keystore == null ? null : authority.passwordFile(),
        true);
  }

  private static void append(LogAppender appender, String text) throws Exception {
    appender.append(ByteBuffer.wrap(text.getBytes(UTF_8))).get(60, TimeUnit.SECONDS);
  }

  private static String read(Workspace workspace, String path) throws IOException {
    try (LogReader reader = workspace.open(path)) {
      ByteBuffer bytes = ByteBuffer.allocate(1 << 10);
      while (reader.read(bytes.position(), bytes) > 0) {}
      return new String(bytes.array(), 0, bytes.position(), UTF_8);
    }
  }

  @Test
  void mutualTls_carriesTheLog() throws Exception {
    try (Workspace workspace = open("mutual", tls(ourTrust, ourKeys))) {
      try (LogAppender appender = workspace.create("/log")) {
        append(appender, "secret");
      }
      assertThat(read(workspace, "/log")).isEqualTo("secret");
    }
    assertThat(bookies.bookie(0).logLines("authenticated")).isNotEmpty();
  }

  @Test
  void serverWithoutTls_isNotLetIn() throws Exception {
    try (Workspace workspace = open("plain", null);
        LogAppender appender = workspace.create("/log")) {
      assertThatThrownBy(() -> append(appender, "plain"))
          .hasMessageContaining("breakwater.wal.bookkeeper.tls.enabled");
    }
  }

  @Test
  void bookiesOfAnAuthorityThatIsNotTrusted_areRefused_namingTheTruststore() {
    Path truststore = stranger.truststore();
    assertThatThrownBy(() -> open("untrusted", tls(truststore, ourKeys)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot open workspace untrusted: no bookie answers")
        .hasMessageContaining("breakwater.wal.bookkeeper.tls.truststore.path " + truststore);
  }

  @Test
  void serverWithoutACertificate_isNotLetIn_namingTheKeystore() {
    assertThatThrownBy(() -> open("anonymous", tls(ourTrust, null)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot open workspace anonymous: no bookie answers")
        .hasMessageContaining("set breakwater.wal.bookkeeper.tls.keystore.path");
  }

  @Test
  void serverWithACertificateOfAnotherAuthority_isNotLetIn_namingTheKeystore() throws Exception {
    Path keystore = stranger.issue("spy", ROLE);
    assertThatThrownBy(() -> open("spy", tls(ourTrust, keystore)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot open workspace spy: no bookie answers")
        .hasMessageContaining("breakwater.wal.bookkeeper.tls.keystore.path " + keystore);
  }

  @Test
  void allCertificatesReplacedByThoseOfAnotherAuthority_areTakenUpWithoutARestart()
      throws Exception {
    Path keystore = Files.copy(ourKeys, directory.resolve("renewed-keys.p12"));
    Path truststore = Files.copy(ourTrust, directory.resolve("renewed-trust.p12"));
    try (Workspace workspace = open("renewed", tls(truststore, keystore))) {
      try (LogAppender appender = workspace.create("/log")) {
        append(appender, "before, ");
        replace(bookieKeys, stranger.issue("bookie", "0:bookie"));
        replace(bookieTrust, stranger.truststore());
        replace(keystore, stranger.issue("server", ROLE));
        replace(truststore, stranger.truststore());
        for (int i = 0; i < 3; i++) {
          // Certificates are for new connections.
          bookies.link(i).cut();
          bookies.link(i).mend();
        }
        append(appender, "after");
        assertThatThrownBy(() -> open("old", tls(ourTrust, ourKeys)).close())
            .hasMessageContaining("breakwater.wal.bookkeeper.tls.truststore.path");
      } finally {
        replace(bookieKeys, authority.issue("again", "0:bookie"));
        replace(bookieTrust, authority.truststore());
        replace(keystore, ourKeys);
        replace(truststore, ourTrust);
      }
      assertThat(read(workspace, "/log")).isEqualTo("before, after");
    }
  }

  private static void replace(Path file, Path by) throws IOException {
    Path fresh = Files.copy(by, file.resolveSibling(file.getFileName() + ".new"));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
