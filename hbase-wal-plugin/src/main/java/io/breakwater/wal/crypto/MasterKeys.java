package io.breakwater.wal.crypto;

import java.io.IOException;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * Where local master keys are kept. Asked each time, so that a key which was added counts without a
 * restart.
 */
interface MasterKeys {

  /** The id of the key with which new data keys are wrapped. */
  String current() throws IOException;

  /** The key {@code id}, if it is there. */
  Optional<SecretKey> find(String id) throws IOException;

  /** The place, for messages. */
  String place();
}
