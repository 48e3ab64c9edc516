package io.breakwater.wal.hbase;

import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;

/**
 * How long until a writer in another process can no longer be acknowledged? Run with {@code write}
 * it fills a log and goes on appending until it is refused; run with {@code recover}, beside it, it
 * fences that log and prints how long that took.
 *
 * <p>Arguments: {@code write} or {@code recover}, the path of the log, and its MiB.
 */
public final class LogFencing {

  private static final int MIB = 1 << 20;

  /** What a writer prints when its log is filled. */
  static final String FILLED = "filled";

  /** What the line begins with by which a fenced writer ends. */
  static final String REFUSED = "refused: ";

  private LogFencing() {}

  public static void main(String[] arguments) throws Exception {
    Configuration conf = HBaseConfiguration.create();
    Workspace workspace = Workspaces.open("bars", conf);
    String path = arguments[1];
    if (arguments[0].equals("write")) {
      workspace.createDirectories("/fencing");
      write(workspace.create(path), Integer.parseInt(arguments[2]));
    } else {
      workspace.list("/fencing");
      long start = System.nanoTime();
      long length = workspace.recover(path);
      double millis = (System.nanoTime() - start) / 1e6;
      System.out.println(
          WalLoad.RESULT + "{\"recoveryMillis\":" + millis + ",\"bytes\":" + length + "}");
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private static void write(LogAppender log, int mebibytes)
      throws InterruptedException, ExecutionException {
    for (int i = 0; i < mebibytes; i++) {
      log.append(ByteBuffer.allocate(MIB)).get();
    }
    System.out.println(FILLED);
    try {
      while (true) {
        log.append(ByteBuffer.allocate(1_000)).get();
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof IOException)) {
        throw e;
      }
      System.out.println(REFUSED + e.getCause().getMessage());
    }
  }
}
