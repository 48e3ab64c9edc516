package io.breakwater.wal.crypto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Master keys in a text file, one {@code id=key} a line, the key as 32 bytes in Base64. The first
 * is the current one; {@code #} begins a comment line. Nobody but its owner and group may read it.
 */
final class KeyFile implements MasterKeys {

  private static final int KEY_BYTES = 32;

  private final Path file;

  KeyFile(Path file) {
    this.file = file;
  }

  @Override
  public String current() throws IOException {
    return read().keySet().iterator().next();
  }

  @Override
  public Optional<SecretKey> find(String id) throws IOException {
    return Optional.ofNullable(read().get(id));
  }

  @Override
  public String place() {
    return "key file " + file;
  }

  private Map<String, SecretKey> read() throws IOException {
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        throw new IOException(
            "Cannot use " + place() + ": everybody can read it; chmod o-r " + file);
      }
      Map<String, SecretKey> keys = new LinkedHashMap<>();
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        if (!line.isBlank() && !line.startsWith("#")) {
          parse(line.strip(), number, keys);
        }
      }
      if (keys.isEmpty()) {
        throw new IOException("Cannot use " + place() + ": it holds no key, must hold id=key");
      }
      return keys;
    } catch (java.nio.file.NoSuchFileException e) {
      throw new IOException(
          "Cannot use " + place() + ": it does not exist; put it there, the same on every server",
          e);
    }
  }

  private void parse(String line, int number, Map<String, SecretKey> keys) throws IOException {
    int equals = line.indexOf('=');
    byte[] key = null;
    try {
      key = equals > 0 ? Base64.getDecoder().decode(line.substring(equals + 1).strip()) : null;
    } catch (IllegalArgumentException e) {
      // Said below, without the text: it may be a key with a slip of the pen.
      key = null;
    }
    if (key == null || key.length != KEY_BYTES) {
      throw new IOException(
          "Cannot use "
              + place()
              + ": line "
              + number
              + " must be id=key, the key "
              + KEY_BYTES
              + " bytes in Base64 (openssl rand -base64 32)");
    }
    if (keys.put(line.substring(0, equals).strip(), new SecretKeySpec(key, "AES")) != null) {
      throw new IOException(
          "Cannot use " + place() + ": line " + number + " has an id that stood there already");
    }
  }
}
