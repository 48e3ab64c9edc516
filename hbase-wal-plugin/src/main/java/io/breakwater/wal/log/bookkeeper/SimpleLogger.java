package io.breakwater.wal.log.bookkeeper;

/**
 * Is found by the logging library of BookKeeper's client, where it looks for SLF4J's simple logger
 * (the build relocates that name to this one). It then writes into the message what it would put
 * into the diagnostic context otherwise: the log4j 1 of the host takes no null there, and the
 * exception that it throws in the middle of the client's handling of a lost connection leaves that
 * connection, and every append to it, hanging for ever.
 */
final class SimpleLogger {
  private SimpleLogger() {}
}
