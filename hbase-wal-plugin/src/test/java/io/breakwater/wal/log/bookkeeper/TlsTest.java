package io.breakwater.wal.log.bookkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

  private static final int MOST_STEPS = 1_000;

  @TempDir static Path made;
  private static Certificates ours;
  private static Certificates foreign;
  private static Path ourKeys;
  private static Path foreignKeys;

  @TempDir Path directory;

  @BeforeAll
  static void makeCertificates() throws Exception {
    ours = Certificates.authority(made.resolve("ours"));
    foreign = Certificates.authority(made.resolve("foreign"));
    ourKeys = ours.issue("server", "0:wal");
    foreignKeys = foreign.issue("server", "0:wal");
  }

  private static TlsOptions options(Path truststore, Path keystore) {
    return new TlsOptions(truststore, ours.passwordFile(), keystore, ours.passwordFile(), true);
  }

  /** What a client sees of a server with {@code ourKeys} that calls itself {@code host}. */
  private static Certificate[] shakeHands(Tls tls, String host) throws Exception {
    SSLEngine client = tls.engine(host, 3181);
    SSLEngine server = server().createSSLEngine();
    server.setUseClientMode(false);
    server.setNeedClientAuth(true);
    ByteBuffer requests = ByteBuffer.allocate(1 << 16);
    ByteBuffer answers = ByteBuffer.allocate(1 << 16);
    client.beginHandshake();
    server.beginHandshake();
    for (int step = 0; step < MOST_STEPS; step++) {
      if (isDone(client) && isDone(server)) {
        return server.getSession().getPeerCertificates();
      }
      step(client, answers, requests);
      step(server, requests, answers);
    }
    throw new AssertionError("no handshake after " + MOST_STEPS + " steps");
  }

  private static boolean isDone(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
      default -> {
        in.flip();
        engine.unwrap(in, ByteBuffer.allocate(1 << 16));
        in.compact();
      }
    }
  }

  private static SSLContext server() throws Exception {
    char[] password = "changeit".toCharArray();
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(ourKeys.toFile(), password), password);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore both = KeyStore.getInstance(ours.truststore().toFile(), password);
    both.setCertificateEntry(
        "foreign",
        KeyStore.getInstance(foreign.truststore().toFile(), password).getCertificate("ca"));
    trust.init(both);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static Certificate certificate(Path keystore) throws Exception {
    return KeyStore.getInstance(keystore.toFile(), "changeit".toCharArray())
        .getCertificate("server");
  }

  @Test
  void handshake_showsOurCertificate_toAServerWithATrustedOne() throws Exception {
    Tls tls = Tls.load(options(ours.truststore(), ourKeys));
    assertThat(shakeHands(tls, "localhost")[0]).isEqualTo(certificate(ourKeys));
  }

  @Test
  void serverUnderAnotherName_isRefused_unlessNamesAreNotVerified() throws Exception {
    Tls strict = Tls.load(options(ours.truststore(), ourKeys));
    assertThatThrownBy(() -> shakeHands(strict, "bookie.example"))
        .isInstanceOf(SSLException.class)
        .satisfies(e -> strict.failed("bookie.example:3181", e));
    assertThat(strict.problem().orElseThrow())
        .startsWith("TLS with bookie bookie.example:3181 fails: ")
        .endsWith("see breakwater.wal.bookkeeper.tls.verify-hostname");
    Tls lenient =
        Tls.load(
            new TlsOptions(
                ours.truststore(), ours.passwordFile(), ourKeys, ours.passwordFile(), false));
    assertThatCode(() -> shakeHands(lenient, "bookie.example")).doesNotThrowAnyException();
  }

  @Test
  void serverThatIsNotTrusted_isRefused() throws Exception {
    Tls tls = Tls.load(options(foreign.truststore(), ourKeys));
    assertThatThrownBy(() -> shakeHands(tls, "localhost"))
        .isInstanceOf(SSLException.class)
        .satisfies(e -> tls.failed(InetAddress.getLoopbackAddress() + ":3181", e));
    assertThat(tls.problem().orElseThrow())
        .contains("breakwater.wal.bookkeeper.tls.truststore.path " + foreign.truststore());
  }

  @Nested
  class ChangedFiles {

    private Path keystore;

    @BeforeEach
    void placeKeys() throws IOException {
      keystore = Files.copy(ourKeys, directory.resolve("keys.p12"));
    }

    @Test
    void areUsed_byTheNextConnection() throws Exception {
      Tls tls = Tls.load(options(ours.truststore(), keystore));
      assertThat(shakeHands(tls, "localhost")[0]).isEqualTo(certificate(ourKeys));
      replace(foreignKeys);
      assertThat(shakeHands(tls, "localhost")[0]).isEqualTo(certificate(foreignKeys));
    }

    @Test
    void thatAreBroken_leaveTheOnesBeforeInUse_untilTheyAreRepaired() throws Exception {
      Tls tls = Tls.load(options(ours.truststore(), keystore));
      Files.writeString(keystore, "half a");
      assertThat(shakeHands(tls, "localhost")[0]).isEqualTo(certificate(ourKeys));
      Files.delete(keystore);
      assertThat(shakeHands(tls, "localhost")[0]).isEqualTo(certificate(ourKeys));
      Files.copy(foreignKeys, keystore);
      assertThat(shakeHands(tls, "localhost")[0]).isEqualTo(certificate(foreignKeys));
    }

    private void replace(Path by) throws IOException {
      Path fresh = Files.copy(by, directory.resolve("fresh"));
      Files.move(fresh, keystore, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Nested
  class Refusals {

    private static final String KEYS = "breakwater.wal.bookkeeper.tls.";

    private void assertRefused(TlsOptions options, String... parts) {
      assertThatThrownBy(() -> Tls.load(options))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(parts);
    }

    @Test
    void fileThatIsMissing() {
      Path missing = directory.resolve("missing.p12");
      assertRefused(
          options(missing, ourKeys),
          "Cannot use " + KEYS + "truststore.path " + missing + ": it cannot be read");
      assertRefused(
          options(ours.truststore(), missing),
          "Cannot use " + KEYS + "keystore.path " + missing + ": it cannot be read");
      assertRefused(
          new TlsOptions(ours.truststore(), missing, null, null, true),
          "Cannot use " + KEYS + "truststore.password-file " + missing + ": it cannot be read");
    }

    @Test
    void passwordThatIsWrong() throws IOException {
      Path wrong = Files.writeString(directory.resolve("wrong"), "letmein");
      assertRefused(
          new TlsOptions(ours.truststore(), ours.passwordFile(), ourKeys, wrong, true),
          "Cannot use " + KEYS + "keystore.path " + ourKeys,
          "that opens with the password of " + KEYS + "keystore.password-file");
    }

    @Test
    void keystoreWithoutAPrivateKey() {
      assertRefused(
          options(ours.truststore(), ours.truststore()),
          "Cannot use "
              + KEYS
              + "keystore.path "
              + ours.truststore()
              + ": it holds no private key");
    }

    @Test
    void truststoreWithoutACertificate() throws Exception {
      Path empty = directory.resolve("empty.p12");
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      try (var out = Files.newOutputStream(empty)) {
        store.store(out, "changeit".toCharArray());
      }
      assertRefused(
          options(empty, ourKeys),
          "Cannot use " + KEYS + "truststore.path " + empty + ": it holds no certificate");
    }
  }
}
