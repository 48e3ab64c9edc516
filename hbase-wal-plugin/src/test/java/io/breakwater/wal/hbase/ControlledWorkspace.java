package io.breakwater.wal.hbase;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * A real workspace whose appenders keep their acknowledgements until a test lets them go, and which
 * fail when a test says so. What is stored, fenced and read stays the business of the workspace
 * behind it. Safe for use by many threads.
 */
final class ControlledWorkspace {

  private final Workspace stored;
  private final List<Appender> appenders = new ArrayList<>();
  private boolean held;

  ControlledWorkspace(Workspace stored) {
    this.stored = stored;
  }

  /** The workspace to write to. */
  Workspace workspace() {
    return (Workspace)
        Proxy.newProxyInstance(
            Workspace.class.getClassLoader(),
            new Class<?>[] {Workspace.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(stored, arguments);
                return result instanceof LogAppender log ? register(log) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private synchronized Appender register(LogAppender log) {
    Appender appender = new Appender(log);
    appenders.add(appender);
    return appender;
  }

  /** From now on appends are stored but not acknowledged. */
  synchronized void hold() {
    held = true;
  }

  /** Acknowledges what was held, in order, and whatever follows at once. */
  void release() {
    synchronized (this) {
      held = false;
    }
    acknowledge(Integer.MAX_VALUE);
  }

  /** Appends that wait for {@link #acknowledge}. */
  synchronized int outstanding() {
    return current().outstanding.size();
  }

  /** Acknowledges the {@code count} oldest of the log that is being written. */
  void acknowledge(int count) {
    List<Outstanding> due = new ArrayList<>();
    synchronized (this) {
      for (int i = 0; i < count && !current().outstanding.isEmpty(); i++) {
        due.add(current().outstanding.remove());
      }
    }
    due.forEach(append -> append.acknowledgement().complete(append.end()));
  }

  /**
   * Fails every append to the log that is being written, from the oldest outstanding one on. The
   * next log acknowledges at once.
   */
  void fail() {
    List<Outstanding> due;
    synchronized (this) {
      held = false;
      current().failed = true;
      due = List.copyOf(current().outstanding);
      current().outstanding.clear();
    }
    due.forEach(append -> append.acknowledgement().completeExceptionally(failure()));
  }

  private static IOException failure() {
    return new IOException("Cannot append: the test says so");
  }

  private Appender current() {
    return appenders.get(appenders.size() - 1);
  }

  private record Outstanding(CompletableFuture<Long> acknowledgement, long end) {}

  private final class Appender implements LogAppender {

    private final LogAppender log;
    private final Queue<Outstanding> outstanding = new ArrayDeque<>();
    private boolean failed;

    Appender(LogAppender log) {
      this.log = log;
    }

    @Override
    public CompletableFuture<Long> append(ByteBuffer data) {
      long end;
      try {
        end = log.append(data).get();
      } catch (Exception e) {
        return CompletableFuture.failedFuture(e);
      }
      synchronized (ControlledWorkspace.this) {
        if (failed) {
          return CompletableFuture.failedFuture(failure());
        }
        if (!held) {
          return CompletableFuture.completedFuture(end);
        }
        CompletableFuture<Long> acknowledgement = new CompletableFuture<>();
        outstanding.add(new Outstanding(acknowledgement, end));
        return acknowledgement;
      }
    }

    @Override
    public long acknowledgedLength() {
      return log.acknowledgedLength();
    }

    @Override
    public void close() throws IOException {
      log.close();
    }
  }
}
