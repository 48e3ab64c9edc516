package io.breakwater.wal.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Optional;
import javax.crypto.SecretKey;

/** Master keys in a Java keystore, by alias; the keys have the password of the store. */
final class Keystore implements MasterKeys {

  private final Path file;
  private final String type;
  private final String alias;
  private final Path passwordFile;

  Keystore(Path file, String type, String alias, Path passwordFile) {
    this.file = file;
    this.type = type;
    this.alias = alias;
    this.passwordFile = passwordFile;
  }

  @Override
  public String current() {
    return alias;
  }

  @Override
  public Optional<SecretKey> find(String id) throws IOException {
    char[] password = Files.readString(passwordFile).strip().toCharArray();
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(type);
      store.load(in, password);
      Key key = store.getKey(id, password);
      if (key == null) {
        return Optional.empty();
      }
      if (key instanceof SecretKey secret && secret.getEncoded().length == 32) {
        return Optional.of(secret);
      }
      throw new IOException(
          "Cannot use key " + id + " of " + place() + ": must be a secret AES key of 256 bits");
    } catch (GeneralSecurityException | IOException e) {
      throw new IOException(
          "Cannot open "
              + place()
              + " with the password in "
              + passwordFile
              + ": "
              + e.getMessage()
              + "; check both, and that the type is "
              + type,
          e);
    }
  }

  @Override
  public String place() {
    return "keystore " + file;
  }
}
