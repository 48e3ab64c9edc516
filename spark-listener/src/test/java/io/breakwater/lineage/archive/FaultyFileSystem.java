package io.breakwater.lineage.archive;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** Local files as {@code faulty:///...}, with the faults of an object store. One test at a time. */
public final class FaultyFileSystem extends RawLocalFileSystem {

  static final URI NAME = URI.create("faulty:///");

  /** What goes wrong. */
  public enum Fault {
    NONE,
    /** Calls do not return before the next fault; then they fail. */
    HANGS,
    NO_CREDENTIALS,
    /** A write breaks off in the middle, and what was written stays under its name. */
    TORN_WRITES
  }

  private static volatile Fault fault = Fault.NONE;
  private static volatile CountDownLatch released = new CountDownLatch(1);
  private static final AtomicInteger calls = new AtomicInteger();

  static Configuration configuration() {
    Configuration configuration = new Configuration(false);
    configuration.set("fs.faulty.impl", FaultyFileSystem.class.getName());
    return configuration;
  }

  public static void become(Fault next) {
    CountDownLatch hanging = released;
    released = new CountDownLatch(1);
    fault = next;
    hanging.countDown();
  }

  public static void resetCalls() {
    calls.set(0);
  }

  public static int calls() {
    return calls.get();
  }

  @Override
  public URI getUri() {
    return NAME;
  }

  @Override
  public String getScheme() {
    return NAME.getScheme();
  }

  private static void call() throws IOException {
    calls.incrementAndGet();
    if (fault == Fault.NO_CREDENTIALS) {
      throw new AccessDeniedException("bucket", null, "No AWS Credentials provided");
    }
    if (fault == Fault.HANGS) {
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("Connection timed out");
    }
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    call();
    return super.listStatus(path);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    call();
    FSDataOutputStream out =
        super.create(path, overwrite, bufferSize, replication, blockSize, progress);
    return fault == Fault.TORN_WRITES ? new Torn(out) : out;
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    call();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    call();
    return super.delete(path, recursive);
  }

  /** Takes half of each write and then fails. */
  private static final class Torn extends FSDataOutputStream {

    Torn(FSDataOutputStream out) throws IOException {
      super(out, null);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      super.write(bytes, offset, length / 2);
      throw new IOException("Connection reset");
    }
  }
}
