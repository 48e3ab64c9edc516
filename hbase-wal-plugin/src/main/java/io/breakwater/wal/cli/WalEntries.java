package io.breakwater.wal.cli;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.util.VersionInfo;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALFactory;

/**
 * The entries of a log as HBase's own reader gives them. Through reflection: the reader is a {@code
 * WAL.Reader} in HBase 2.5 and a {@code WALStreamReader} later. For one thread.
 */
final class WalEntries implements Closeable {

  private static final List<String> OPENERS = List.of("createStreamReader", "createReader");

  private final Closeable reader;
  private final Method next;
  private final Method position;

  private WalEntries(Closeable reader, Class<?> type) {
    this.reader = reader;
    this.next = method(type, "next");
    this.position = method(type, "getPosition");
  }

  /**
   * Opens a log and reads its header.
   *
   * @throws java.io.EOFException if the log ends in it
   */
  static WalEntries open(FileSystem fs, Path path, Configuration configuration) throws IOException {
    Method opener =
        Stream.of(WALFactory.class.getMethods())
            .filter(method -> OPENERS.contains(method.getName()))
            .filter(method -> method.getParameterCount() == 3)
            .filter(method -> method.getParameterTypes()[2] == Configuration.class)
            .findFirst()
            .orElseThrow(() -> unknown("a reader of logs"));
    Closeable reader = (Closeable) invoke(opener, null, fs, path, configuration);
    return new WalEntries(reader, opener.getReturnType());
  }

  /** The next entry, or null at the regular end of the log. */
  WAL.Entry next() throws IOException {
    return (WAL.Entry) invoke(next, reader);
  }

  /** Where the next entry begins. */
  long position() throws IOException {
    return (Long) invoke(position, reader);
  }

  private static Method method(Class<?> type, String name) {
    try {
      return type.getMethod(name);
    } catch (NoSuchMethodException e) {
      throw (IllegalStateException) unknown(type + "." + name).initCause(e);
    }
  }

  private static IllegalStateException unknown(String what) {
    return new IllegalStateException(
        "Cannot read entries: HBase " + VersionInfo.getVersion() + " has no " + what);
  }

  private static Object invoke(Method method, Object target, Object... arguments)
      throws IOException {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException("Cannot read entries: " + e.getCause(), e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("Cannot call " + method, e);
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
