package io.breakwater.wal.log.bookkeeper;

import java.nio.file.Path;
import java.util.Objects;

/**
 * TLS between the plugin and the bookies. The stores are Java keystores, PKCS12 or JKS, and are
 * read again when they change.
 *
 * @param truststore has the certificates that those of the bookies must descend from
 * @param truststorePasswordFile has its password; null if it has none
 * @param keystore has the plugin's private key and certificate; null if the bookies ask for none
 * @param keystorePasswordFile has the password of the keystore and the key; null if it has none
 * @param verifyHostname whether a bookie's certificate must be for the name that it advertises
 */
public record TlsOptions(
    Path truststore,
    Path truststorePasswordFile,
    Path keystore,
    Path keystorePasswordFile,
    boolean verifyHostname) {

  public TlsOptions {
    Objects.requireNonNull(truststore, "truststore");
  }
}
