package io.breakwater.lineage.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Appends numbered records for ever, and prints a number once it and all before are flushed. */
public final class SpoolWriterProcess {

  private SpoolWriterProcess() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Spool spool =
        Spool.open(
            Path.of(args[0]),
            new SpoolOptions(1L << 30, 64 << 10, 1 << 20, Duration.ofSeconds(30)),
            damage -> {});
    for (int i = 0; true; i++) {
      spool.append(("event-" + i).getBytes(StandardCharsets.UTF_8));
      if (i % 7 == 6) {
        spool.flush(Duration.ofSeconds(30));
        System.out.println(i);
      }
    }
  }
}
