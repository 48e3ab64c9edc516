package org.slf4j.simple;

/**
 * Makes the logging library of BookKeeper, as bookies and tests use it without relocation, write
 * into the message what it would put into the diagnostic context: log4j 1 takes no null there, and
 * the exception that it throws instead leaves the client's connections hanging.
 */
public final class SimpleLogger {
  private SimpleLogger() {}
}
