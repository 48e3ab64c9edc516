package io.breakwater.lineage.archive;

import io.breakwater.lineage.deliver.DeadLetterReplay;
import io.breakwater.lineage.deliver.Delegate;
import io.breakwater.lineage.deliver.DeliveryOptions;
import io.breakwater.lineage.deliver.Sender;
import io.breakwater.lineage.spool.Damage;
import io.breakwater.lineage.spool.SpoolStatus;
import io.breakwater.lineage.spool.SpoolVersionException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * Reads and sends what an archive holds, one driver after the other, through a local directory that
 * is deleted afterwards. Drivers that are taken for alive are left alone. Not thread-safe.
 */
public final class ArchiveReplay {

  private static final String DEAD_LETTERS = "dead-letter";
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);

  private final Archive archive;
  private final List<String> deadLetters = new ArrayList<>();
  private final List<String> unreadable = new ArrayList<>();
  private long delivered;
  private long refused;
  private long failures;
  private long damages;
  private long ended;
  private long waiting;

  /** A replay of {@code archive} that has sent nothing yet. */
  public ArchiveReplay(Archive archive) {
    this.archive = archive;
  }

  /** Events that were sent. */
  public long delivered() {
    return delivered;
  }

  /** Events that the backend refused for good: they are in {@link #deadLetters}. */
  public long refused() {
    return refused;
  }

  /** Attempts that failed. */
  public long failures() {
    return failures;
  }

  /** Events made to end runs of drivers that are gone; those sent are among the delivered. */
  public long ended() {
    return ended;
  }

  /** Places that could not be read. */
  public long damages() {
    return damages;
  }

  /** Events of drivers that are gone that are still there. */
  public long waiting() {
    return waiting;
  }

  /** Why drivers are left alone: a later listener has written what they have here. */
  public List<String> unreadable() {
    return unreadable;
  }

  /** The files of the archive that hold refused events. */
  public List<String> deadLetters() {
    return deadLetters;
  }

  /** The status of every driver, oldest first. Reads everything. */
  public List<SpoolStatus> status() throws IOException {
    List<SpoolStatus> statuses = new ArrayList<>();
    for (String driver : archive.drivers()) {
      try (Stage stage = new Stage()) {
        List<Damage> damaged = new ArrayList<>();
        archive.fetch(driver, stage.root, damaged::add).close();
        boolean alive = archive.isAlive(driver);
        for (SpoolStatus status : SpoolStatus.list(stage.root)) {
          damaged.addAll(status.damages());
          statuses.add(
              new SpoolStatus(
                  driver,
                  alive,
                  status.segments(),
                  status.bytes(),
                  status.waiting(),
                  damaged,
                  status.unreadable().map(reason -> inArchive(reason, stage))));
        }
      } catch (SpoolVersionException e) {
        statuses.add(
            new SpoolStatus(
                driver, false, 0, 0, 0, List.of(), Optional.of("Cannot read " + e.getMessage())));
      }
    }
    return statuses;
  }

  /** Sends until nothing is left or {@code timeout} has passed. */
  public void send(Delegate.Factory delegates, Duration timeout)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (String driver : archive.drivers()) {
      try (Stage stage = new Stage()) {
        if (!archive.isAlive(driver)) {
          Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
          send(driver, stage, delegates, left);
        }
      } catch (SpoolVersionException e) {
        unreadable.add("Cannot read " + e.getMessage());
      }
    }
  }

  private void send(String driver, Stage stage, Delegate.Factory delegates, Duration timeout)
      throws IOException, InterruptedException {
    Path root = stage.root;
    archive.fetch(driver, root, damage -> damages++).close();
    if (!timeout.isZero()) {
      List<DriverCopy> copies = new CopyOnWriteArrayList<>();
      List<IOException> unread = new CopyOnWriteArrayList<>();
      Sender sender = new Sender(root, Optional.empty(), delegates, DeliveryOptions.defaults());
      sender.onAdopted(
          backlog -> {
            try {
              copies.add(new DriverCopy(backlog));
            } catch (IOException e) {
              unread.add(e);
            }
          });
      sender.start();
      sender.awaitIdle(timeout);
      sender.stop(STOP_TIMEOUT);
      delivered += sender.counters().adopted();
      refused += sender.counters().refusedAdopted();
      failures += sender.counters().failures();
      damages += sender.counters().damages();
      ended += sender.counters().ended();
      keepDeadLetters(root);
      for (IOException failure : unread) {
        throw failure;
      }
      for (DriverCopy copy : copies) {
        copy.sync(() -> archive, Duration.ZERO, () -> false);
      }
    }
    for (SpoolStatus status : SpoolStatus.list(root)) {
      waiting += status.waiting();
      status.unreadable().ifPresent(reason -> unreadable.add(inArchive(reason, stage)));
    }
  }

  /** Names the directory in the archive instead of the one here. */
  private String inArchive(String reason, Stage stage) {
    return reason.replace(stage.root.toString(), archive.toString());
  }

  /** Sends the dead letters again; what is taken leaves the archive. */
  public void sendDeadLetters(Delegate.Factory delegates, Duration timeout)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (String name : archive.deadLetters()) {
      try (Stage stage = new Stage()) {
        archive.fetchDeadLetters(name, stage.root.resolve(DEAD_LETTERS));
        DeadLetterReplay replay = new DeadLetterReplay(stage.root, delegates);
        replay.send(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        delivered += replay.delivered();
        refused += replay.refused();
        waiting += replay.waiting();
        failures += replay.failures();
        if (replay.delivered() > 0) {
          keepDeadLetters(stage.root);
          archive.deleteDeadLetters(name);
        }
      }
    }
  }

  private void keepDeadLetters(Path root) throws IOException {
    Path directory = root.resolve(DEAD_LETTERS);
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        deadLetters.add(archive.putDeadLetters(file));
      }
    }
  }

  /** A directory of the machine that lives as long as one driver's turn. */
  private static final class Stage implements Closeable {

    private final Path root = Files.createTempDirectory("breakwater-lineage-replay");

    Stage() throws IOException {}

    @Override
    public void close() throws IOException {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
