package io.breakwater.lineage.scrub;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** What our classes log, at every level, with stack traces, until it is closed. */
final class LogLines extends AbstractAppender implements AutoCloseable {

  private static final String OURS = "io.breakwater.lineage";

  private final List<String> lines = new CopyOnWriteArrayList<>();

  private LogLines() {
    super("log lines", null, null, true, Property.EMPTY_ARRAY);
  }

  static LogLines open() {
    LogLines lines = new LogLines();
    lines.start();
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    context.getConfiguration().addAppender(lines);
    context.getRootLogger().addAppender(lines);
    Configurator.setLevel(OURS, Level.DEBUG);
    return lines;
  }

  @Override
  public void append(LogEvent event) {
    if (event.getLoggerName().startsWith(OURS)) {
      StringWriter line = new StringWriter();
      line.append(event.getMessage().getFormattedMessage());
      if (event.getThrown() != null) {
        event.getThrown().printStackTrace(new PrintWriter(line));
      }
      lines.add(line.toString());
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    LoggerContext context = (LoggerContext) LogManager.getContext(false);
    context.getRootLogger().removeAppender(this);
    Configurator.setLevel(OURS, (Level) null);
    stop();
  }
}
