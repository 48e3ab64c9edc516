package io.breakwater.lineage.archive;

import io.breakwater.lineage.spool.Damage;
import io.breakwater.lineage.spool.Position;
import io.breakwater.lineage.spool.SealedSegment;
import io.breakwater.lineage.spool.SpoolDirectory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Copies of drivers' spools below one Hadoop path.
 *
 * <pre>
 * root/driver-20261120T221500Z-4711-1f0c9a2b/
 *   00000000000000000001-8388608-1f0c9a2b.segment  see {@link ArchivedSegment}
 *   state-0000001763676000000                      see {@link ArchiveState}; the latest counts.
 *                                                  Early builds had one, called "state"
 *   tmp-...                                        a copy that is not complete; means nothing
 * root/dead-letter/...                             what a replay could not deliver
 * </pre>
 *
 * A file gets its name, by a rename, when all of its bytes are there. Calls last as long as the
 * file system makes them last. Safe for use by many threads; the file system is shared with the
 * host, and not closed.
 */
public final class Archive {

  private static final String STATE = "state-";
  private static final String EARLY_STATE = "state";
  private static final String TEMPORARY = "tmp-";
  private static final String DRIVER = "driver-";
  private static final String DEAD_LETTERS = "dead-letter";
  private static final int BUFFER_BYTES = 64 << 10;

  private final Path root;
  private final FileSystem fileSystem;
  private final Map<String, Path> states = new ConcurrentHashMap<>();

  private Archive(Path root, FileSystem fileSystem) {
    this.root = root;
    this.fileSystem = fileSystem;
  }

  /** How to get at an archive that may be slow to reach. */
  @FunctionalInterface
  public interface Factory {
    Archive open() throws IOException;
  }

  /**
   * The archive at {@code root}, which need not exist yet.
   *
   * @throws IOException if there is no file system for it, or no access to that
   */
  public static Archive open(URI root, Configuration configuration) throws IOException {
    Path path = new Path(root);
    return new Archive(path, path.getFileSystem(configuration));
  }

  /** The names of the drivers that have something here, oldest first. */
  public List<String> drivers() throws IOException {
    List<String> drivers = new ArrayList<>();
    for (FileStatus status : list(root)) {
      if (status.isDirectory() && status.getPath().getName().startsWith(DRIVER)) {
        drivers.add(status.getPath().getName());
      }
    }
    drivers.sort(Comparator.naturalOrder());
    return drivers;
  }

  /** Where the copies of {@code driver} are. */
  String location(String driver) {
    return directory(driver).toString();
  }

  List<ArchivedSegment> segments(String driver) throws IOException {
    List<ArchivedSegment> segments = new ArrayList<>();
    for (FileStatus status : list(directory(driver))) {
      ArchivedSegment.parse(status.getPath().getName()).ifPresent(segments::add);
    }
    segments.sort(Comparator.comparingLong(ArchivedSegment::number));
    return segments;
  }

  /** Copies {@code segment}, so that it is there as a whole or not at all. */
  ArchivedSegment put(String driver, SealedSegment segment) throws IOException {
    ArchivedSegment copy = ArchivedSegment.of(segment);
    Path target = new Path(directory(driver), copy.fileName());
    Path temporary = new Path(directory(driver), TEMPORARY + UUID.randomUUID());
    try (InputStream in = Files.newInputStream(segment.file());
        OutputStream out = fileSystem.create(temporary, true)) {
      transfer(in, out);
    }
    if (!fileSystem.rename(temporary, target) && !fileSystem.exists(target)) {
      throw new IOException("Cannot rename " + temporary + " to " + target);
    }
    long length = fileSystem.getFileStatus(target).getLen();
    if (length != copy.bytes()) {
      fileSystem.delete(target, false);
      throw new IOException(
          "Cannot copy " + segment.file() + " to " + target + ": " + length + " bytes arrived");
    }
    return copy;
  }

  void putState(String driver, ArchiveState state) throws IOException {
    Path target =
        new Path(
            directory(driver), String.format("%s%019d", STATE, state.renewed().toEpochMilli()));
    Path temporary = new Path(directory(driver), TEMPORARY + UUID.randomUUID());
    try (OutputStream out = fileSystem.create(temporary, true)) {
      out.write(state.encode());
    }
    if (!fileSystem.rename(temporary, target) && !fileSystem.exists(target)) {
      throw new IOException("Cannot rename " + temporary + " to " + target);
    }
    Path before = states.put(driver, target);
    if (before != null && !before.equals(target)) {
      fileSystem.delete(before, false);
    }
  }

  /** The state of {@code driver}; if there is none, a living driver's that is not sure. */
  ArchiveState state(String driver) throws IOException {
    List<Path> files = new ArrayList<>();
    long newest = 0;
    for (FileStatus status : list(directory(driver))) {
      newest = Math.max(newest, status.getModificationTime());
      String name = status.getPath().getName();
      if (name.startsWith(STATE) || name.equals(EARLY_STATE)) {
        files.add(status.getPath());
      }
    }
    files.sort(Comparator.comparing(Path::getName).reversed());
    for (Path file : files) {
      try (InputStream in = fileSystem.open(file)) {
        Optional<ArchiveState> state = ArchiveState.decode(in.readAllBytes(), file.toString());
        if (state.isPresent()) {
          return state.get();
        }
      } catch (FileNotFoundException e) {
        // Replaced meanwhile, by a driver that lives.
        newest = System.currentTimeMillis();
      }
    }
    return unknown(Instant.ofEpochMilli(newest));
  }

  private static ArchiveState unknown(Instant modified) {
    return new ArchiveState(modified, Archiver.MIN_LEASE, new Position(0, 0), new byte[0]);
  }

  /** Whether {@code driver} is taken for alive, because it has renewed its lease. */
  public boolean isAlive(String driver) throws IOException {
    return state(driver).alive(Instant.now());
  }

  /**
   * Copies what {@code driver} has here into a directory below {@code localRoot}.
   *
   * @param onDamage hears of segments that are not what they should be; they are copied all the
   *     same, because each of their records has a checksum of its own
   */
  public SpoolDirectory fetch(
      String driver, java.nio.file.Path localRoot, Consumer<Damage> onDamage) throws IOException {
    ArchiveState state = state(driver);
    SpoolDirectory local =
        SpoolDirectory.receive(
            localRoot, driver, state.delivered(), state.digest(), location(driver));
    try {
      for (ArchivedSegment segment : segments(driver)) {
        Path file = new Path(directory(driver), segment.fileName());
        java.nio.file.Path target = local.segmentFile(segment.number());
        try (InputStream in = fileSystem.open(file);
            OutputStream out = Files.newOutputStream(target)) {
          transfer(in, out);
        } catch (FileNotFoundException e) {
          // Delivered meanwhile, by a driver that lives.
          Files.deleteIfExists(target);
          continue;
        }
        ArchivedSegment found = ArchivedSegment.of(new SealedSegment(segment.number(), target));
        if (!found.equals(segment)) {
          onDamage.accept(damage(target, segment, found));
        }
      }
    } catch (IOException | RuntimeException e) {
      local.close();
      throw e;
    }
    return local;
  }

  private static Damage damage(
      java.nio.file.Path file, ArchivedSegment expected, ArchivedSegment found) {
    String cause =
        String.format(
            "%d bytes with checksum %08x, must be %s",
            found.bytes(), found.crc(), expected.fileName());
    return new Damage(file, 0, expected.bytes(), cause, false);
  }

  void delete(String driver, ArchivedSegment segment) throws IOException {
    fileSystem.delete(new Path(directory(driver), segment.fileName()), false);
  }

  /** Deletes everything that {@code driver} has here. */
  public void delete(String driver) throws IOException {
    fileSystem.delete(directory(driver), true);
  }

  /** The names of the files of dead letters, oldest first. */
  List<String> deadLetters() throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus status : list(new Path(root, DEAD_LETTERS))) {
      if (status.getPath().getName().endsWith(".jsonl")) {
        names.add(status.getPath().getName());
      }
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }

  /** Copies the file of dead letters {@code name} into {@code localDirectory}. */
  void fetchDeadLetters(String name, java.nio.file.Path localDirectory) throws IOException {
    Files.createDirectories(localDirectory);
    try (InputStream in = fileSystem.open(new Path(new Path(root, DEAD_LETTERS), name));
        OutputStream out = Files.newOutputStream(localDirectory.resolve(name))) {
      transfer(in, out);
    }
  }

  void deleteDeadLetters(String name) throws IOException {
    fileSystem.delete(new Path(new Path(root, DEAD_LETTERS), name), false);
  }

  /** Keeps a file of dead letters; returns where. */
  public String putDeadLetters(java.nio.file.Path file) throws IOException {
    String stem = file.getFileName().toString().replace(".jsonl", "");
    Path target =
        new Path(
            new Path(root, DEAD_LETTERS), stem + "-" + Instant.now().toEpochMilli() + ".jsonl");
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = fileSystem.create(target, false)) {
      transfer(in, out);
    }
    return target.toString();
  }

  private Path directory(String driver) {
    return new Path(root, driver);
  }

  private FileStatus[] list(Path path) throws IOException {
    try {
      return fileSystem.listStatus(path);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  private static void transfer(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      out.write(buffer, 0, read);
    }
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
