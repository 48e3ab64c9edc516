package io.breakwater.wal.log.bookkeeper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys and certificates for connections to bookies, as they are on disk when a connection is
 * made. New ones that cannot be used leave the ones before in use. Thread-safe.
 *
 * <p>BookKeeper has a class for that, too. It works only with Bouncy Castle, which it adds to the
 * security providers of the whole process, and it does not say which file is to blame.
 */
final class Tls {

  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);
  private static final String KEYS = "breakwater.wal.bookkeeper.tls.";

  private final TlsOptions options;
  private SSLContext context;
  private List<Stamp> stamps;
  private volatile String problem;

  /** Tells one version of a file from another. */
  private record Stamp(Path file, long modified, long size, Object key) {}

  /**
   * Reads keys and certificates.
   *
   * @throws IOException naming the key of the configuration whose file cannot be used
   */
  static Tls load(TlsOptions options) throws IOException {
    List<Stamp> stamps = stamps(options);
    return new Tls(options, context(options), stamps);
  }

  private Tls(TlsOptions options, SSLContext context, List<Stamp> stamps) {
    this.options = options;
    this.context = context;
    this.stamps = stamps;
  }

  /** For one new connection to {@code host} and {@code port}. */
  SSLEngine engine(String host, int port) {
    SSLEngine engine = current().createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(options.verifyHostname() ? "HTTPS" : null);
    engine.setSSLParameters(parameters);
    return engine;
  }

  private synchronized SSLContext current() {
    try {
      List<Stamp> now = stamps(options);
      if (!now.equals(stamps)) {
        // Even if they cannot be used: they are not tried again before they change again.
        stamps = now;
        context = context(options);
        LOG.info("Read the changed certificates in {}", options);
      }
    } catch (IOException e) {
      LOG.warn("{}; new connections go on with the certificates of before", e.getMessage(), e);
    }
    return context;
  }

  private static List<Stamp> stamps(TlsOptions options) throws IOException {
    List<Stamp> stamps = new ArrayList<>();
    stamps.add(stamp("truststore.path", options.truststore()));
    if (options.truststorePasswordFile() != null) {
      stamps.add(stamp("truststore.password-file", options.truststorePasswordFile()));
    }
    if (options.keystore() != null) {
      stamps.add(stamp("keystore.path", options.keystore()));
    }
    if (options.keystorePasswordFile() != null) {
      stamps.add(stamp("keystore.password-file", options.keystorePasswordFile()));
    }
    return stamps;
  }

  private static Stamp stamp(String key, Path file) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(
          file, attributes.lastModifiedTime().toMillis(), attributes.size(), attributes.fileKey());
    } catch (IOException e) {
      throw cannotUse(key, file, "it cannot be read (" + e + ")", e);
    }
  }

  private static SSLContext context(TlsOptions options) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(options), trustManagers(options).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("Cannot set up TLS with " + options + ": " + e.getMessage(), e);
    }
  }

  private static TrustManagerFactory trustManagers(TlsOptions options)
      throws IOException, GeneralSecurityException {
    KeyStore store =
        read(
            "truststore",
            options.truststore(),
            password("truststore.password-file", options.truststorePasswordFile()));
    if (Collections.list(store.aliases()).isEmpty()) {
      throw cannotUse("truststore.path", options.truststore(), "it holds no certificate", null);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static KeyManager[] keyManagers(TlsOptions options)
      throws IOException, GeneralSecurityException {
    if (options.keystore() == null) {
      return new KeyManager[0];
    }
    char[] password = password("keystore.password-file", options.keystorePasswordFile());
    KeyStore store = read("keystore", options.keystore(), password);
    boolean found = false;
    for (String alias : Collections.list(store.aliases())) {
      found |= store.isKeyEntry(alias);
    }
    if (!found) {
      throw cannotUse("keystore.path", options.keystore(), "it holds no private key", null);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    try {
      factory.init(store, password);
    } catch (GeneralSecurityException e) {
      String why = "its private key does not open with the password of the keystore";
      throw cannotUse("keystore.path", options.keystore(), why, e);
    }
    return factory.getKeyManagers();
  }

  private static KeyStore read(String name, Path file, char[] password) throws IOException {
    try {
      return KeyStore.getInstance(file.toFile(), password);
    } catch (IOException | GeneralSecurityException e) {
      String why =
          "it is no PKCS12 or JKS keystore that opens with the password of %s%s.password-file (%s)"
              .formatted(KEYS, name, e.getMessage());
      throw cannotUse(name + ".path", file, why, e);
    }
  }

  private static char[] password(String key, Path file) throws IOException {
    if (file == null) {
      return null;
    }
    try {
      return Files.readString(file).strip().toCharArray();
    } catch (IOException e) {
      throw cannotUse(key, file, "it cannot be read (" + e + ")", e);
    }
  }

  private static IOException cannotUse(String key, Path file, String why, Exception cause) {
    return new IOException("Cannot use " + KEYS + key + " " + file + ": " + why, cause);
  }

  /** Notes why the connection to a bookie was not made, or was ended before it was of use. */
  void failed(String peer, Throwable failure) {
    problem = "TLS with bookie " + peer + " fails: " + explain(failure);
    LOG.warn("{}", problem, failure);
  }

  private String explain(Throwable failure) {
    List<Throwable> causes = Stream.iterate(failure, e -> e != null, Throwable::getCause).toList();
    Throwable root = causes.get(causes.size() - 1);
    if (causes.stream().anyMatch(CertificateException.class::isInstance)) {
      boolean path =
          causes.stream()
              .anyMatch(
                  e ->
                      e instanceof CertPathBuilderException
                          || e instanceof CertPathValidatorException);
      return root.getMessage()
          + (path
              ? "; its certificate does not descend from one in %struststore.path %s"
                  .formatted(KEYS, options.truststore())
              : "; its certificate is not for its address, see %sverify-hostname".formatted(KEYS));
    }
    String remark =
        options.keystore() == null
            ? "; it may ask for a certificate: set %skeystore.path".formatted(KEYS)
            : "; it may not take the certificate in %skeystore.path %s"
                .formatted(KEYS, options.keystore());
    boolean said = causes.stream().anyMatch(SSLException.class::isInstance);
    return (said ? root.getMessage() : "it has ended the connection") + remark;
  }

  /** The last thing that went wrong, for people. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }
}
