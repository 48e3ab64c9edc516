package io.breakwater.lineage.deliver;

import io.breakwater.lineage.spool.SpoolDirectory;
import io.breakwater.lineage.spool.SpoolVersionException;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends again what a backend had refused for good, in the order of its refusal. What is taken
 * leaves its file; what is refused again stays, with the new reason. Files of drivers that live are
 * left alone. Not thread-safe.
 */
public final class DeadLetterReplay {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterReplay.class);
  private static final ObjectMapper MAPPER = OpenLineageClientUtils.newObjectMapper();

  private final Path root;
  private final Delegate.Factory delegates;
  private final ProblemLog problems = new ProblemLog(LOG);
  private long delivered;
  private long refused;
  private long waiting;
  private long failures;
  private Delegate delegate;

  /** A replay of the dead letters below {@code root} that has sent nothing yet. */
  public DeadLetterReplay(Path root, Delegate.Factory delegates) {
    this.root = root;
    this.delegates = delegates;
  }

  /** Events that were taken this time. */
  public long delivered() {
    return delivered;
  }

  /** Events that were refused again, and lines that are no events or of an unknown version. */
  public long refused() {
    return refused;
  }

  /** Events that could not be sent in time. */
  public long waiting() {
    return waiting;
  }

  /** Attempts that failed. */
  public long failures() {
    return failures;
  }

  /**
   * Sends every dead letter once, each until the backend answers, or until {@code timeout} has
   * passed.
   */
  public void send(Duration timeout) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      for (Path file : new DeadLetters(root).files()) {
        String driver = file.getFileName().toString().replace(".jsonl", "");
        if (!isAlive(root.resolve(driver))) {
          send(file, deadline);
        }
      }
    } finally {
      if (delegate != null) {
        delegate.close();
      }
    }
  }

  private static boolean isAlive(Path driver) throws IOException {
    if (!Files.isDirectory(driver)) {
      return false;
    }
    try {
      Optional<SpoolDirectory> claimed = SpoolDirectory.claim(driver);
      if (claimed.isPresent()) {
        claimed.get().close();
      }
      return claimed.isEmpty() && Files.isDirectory(driver);
    } catch (SpoolVersionException e) {
      // Of a later listener that is gone. A dead letter tells its own version.
      return false;
    }
  }

  private void send(Path file, long deadline) throws IOException, InterruptedException {
    Path rest = file.resolveSibling(file.getFileName() + ".rest");
    try (BufferedReader letters = Files.newBufferedReader(file);
        BufferedWriter kept = Files.newBufferedWriter(rest)) {
      for (String line = letters.readLine(); line != null; line = letters.readLine()) {
        Optional<String> left = send(line, file, deadline);
        if (left.isPresent()) {
          kept.write(left.get());
          kept.write('\n');
        }
      }
    }
    if (Files.size(rest) == 0) {
      Files.delete(file);
      Files.delete(rest);
    } else {
      Files.move(rest, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** What stays of {@code line}; nothing if its event was taken. */
  private Optional<String> send(String line, Path file, long deadline) throws InterruptedException {
    byte[] json;
    EncodedEvent event;
    try {
      JsonNode letter = MAPPER.readTree(line);
      int version = letter.path("version").asInt(DeadLetters.VERSION);
      if (version != DeadLetters.VERSION) {
        throw new SpoolVersionException(file.toString(), version, DeadLetters.VERSION);
      }
      json = letter.path("event").asText().getBytes(StandardCharsets.UTF_8);
      event = EncodedEvent.of(json);
    } catch (IOException e) {
      problems.warn("Cannot read a dead letter", e, "it stays");
      refused++;
      return Optional.of(line);
    }
    Backoff backoff =
        new Backoff(
            DeliveryOptions.defaults().minBackoff(),
            DeliveryOptions.defaults().maxBackoff(),
            RandomGenerator.getDefault());
    while (System.nanoTime() - deadline < 0) {
      try {
        if (delegate == null) {
          delegate = delegates.open();
        }
        delegate.deliver(event);
        delivered++;
        return Optional.empty();
      } catch (EventRefusedException e) {
        refused++;
        return Optional.of(DeadLetters.line(json, e.getMessage()));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception | LinkageError e) {
        failures++;
        problems.warn("Cannot deliver dead letters", e, "trying again");
        TimeUnit.NANOSECONDS.sleep(
            Math.min(backoff.next(), Math.max(0, deadline - System.nanoTime())));
      }
    }
    waiting++;
    return Optional.of(line);
  }
}
