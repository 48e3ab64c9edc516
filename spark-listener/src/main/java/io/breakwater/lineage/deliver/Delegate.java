package io.breakwater.lineage.deliver;

import java.io.Closeable;

/** Where events finally go: the transport that the user configured. Used by one thread. */
public interface Delegate extends Closeable {

  /**
   * Sends one event and returns when it has been taken.
   *
   * @throws EventRefusedException if it will never be taken
   * @throws Exception if it was not taken this time
   */
  void deliver(EncodedEvent event) throws Exception;

  /** Makes a delegate; called again after a failure. */
  @FunctionalInterface
  interface Factory {
    Delegate open() throws Exception;
  }
}
