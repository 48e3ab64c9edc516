package io.breakwater.lineage.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The directory of one driver below a spool's root, held by this process.
 *
 * <pre>
 * root/driver-20261120T221500Z-4711-1f0c9a2b/
 *   owner.lock                    locked (POSIX) as long as the owner lives; its text is the version
 *                                 of the format, "breakwater-spool 1", which an empty one has too
 *   cursor                        how far it has been delivered
 *   digest                        of segments that are deleted, see {@link DigestFile}
 *   archive                       where copies of segments are, if any were made
 *   00000000000000000001.segment  records, see {@link SegmentFormat}
 * </pre>
 *
 * The operating system releases the lock when the owner dies in any way, and whoever takes it next
 * owns the records. Names sort by age. The root must be on a local file system.
 */
public final class SpoolDirectory implements Closeable {

  static final String SEGMENT_SUFFIX = ".segment";

  private static final String PREFIX = "driver-";
  private static final String LOCK = "owner.lock";
  private static final String NEW_LOCK = LOCK + ".new";
  private static final String FORMAT = "breakwater-spool ";
  private static final int VERSION = 1;
  private static final String CURSOR = "cursor";
  private static final String DIGEST = "digest";
  private static final String ARCHIVE = "archive";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int CLAIM_ATTEMPTS = 10;

  /**
   * What this process owns. Closing any channel of a file releases the POSIX locks of the process
   * on it, so that a lock file of our own must not even be opened again.
   */
  private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel lockChannel;

  private SpoolDirectory(Path path, FileChannel lockChannel) {
    this.path = path;
    this.lockChannel = lockChannel;
  }

  /** Makes a directory of this driver's own, and {@code root} if it is not there. */
  public static SpoolDirectory create(Path root) throws IOException {
    createForOwner(root);
    for (int i = 0; i < CLAIM_ATTEMPTS; i++) {
      String name =
          PREFIX
              + STAMP.format(Instant.now())
              + "-"
              + ProcessHandle.current().pid()
              + "-"
              + UUID.randomUUID().toString().substring(0, 8);
      Path path = Files.createDirectory(root.resolve(name), ownerOnly());
      // Another driver may take the new directory for an orphan or a leftover before it is locked.
      Optional<SpoolDirectory> claimed = hasNewLock(path) ? claim(path) : Optional.empty();
      if (claimed.isPresent()) {
        return claimed.get();
      }
    }
    throw new IOException(
        "Cannot lock a new directory in "
            + root
            + ": "
            + CLAIM_ATTEMPTS
            + " attempts failed; does the file system support locks?");
  }

  private static boolean hasNewLock(Path path) throws IOException {
    try {
      makeLock(path);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Makes the directory {@code driver} below {@code root} for segments that come from elsewhere.
   *
   * @param delivered how far its records have been delivered
   * @param digest what {@link Backlog#digestBytes} gave where the segments come from
   * @param archive where the segments come from
   * @throws IOException if it is there already
   */
  public static SpoolDirectory receive(
      Path root, String driver, Position delivered, byte[] digest, String archive)
      throws IOException {
    createForOwner(root);
    Path path = Files.createDirectory(root.resolve(driver), ownerOnly());
    makeLock(path);
    SpoolDirectory directory =
        claim(path).orElseThrow(() -> new IOException("Cannot lock the new directory " + path));
    try (Cursor cursor = Cursor.open(directory.cursorFile())) {
      cursor.advance(delivered);
      if (digest.length > 0) {
        Files.write(directory.digestFile(), digest);
      }
      directory.setArchive(archive);
    } catch (IOException e) {
      directory.close();
      throw e;
    }
    return directory;
  }

  /** Gives the lock its name when it has its text: whoever opens it may hold it from then on. */
  private static void makeLock(Path path) throws IOException {
    Path fresh = path.resolve(NEW_LOCK);
    Files.writeString(fresh, FORMAT + VERSION + "\n");
    Files.move(fresh, path.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The directories of all drivers below {@code root}, oldest first, whoever owns them. */
  public static List<Path> list(Path root) throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      return children.filter(SpoolDirectory::isDriver).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Whether {@code path} is called as the directory of a driver is. */
  static boolean isDriver(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(PREFIX);
  }

  /**
   * Takes a directory whose owner is gone; nothing if it is owned, or delivered and deleted.
   *
   * @throws SpoolVersionException if its owner was a later listener; it is then not taken
   */
  public static Optional<SpoolDirectory> claim(Path path) throws IOException {
    Path key = path.toAbsolutePath().normalize();
    if (!OWNED.add(key)) {
      return Optional.empty();
    }
    Optional<SpoolDirectory> claimed = Optional.empty();
    try {
      claimed = lock(path);
    } finally {
      if (claimed.isEmpty()) {
        OWNED.remove(key);
      }
    }
    return claimed;
  }

  private static Optional<SpoolDirectory> lock(Path path) throws IOException {
    FileChannel channel;
    try {
      channel =
          FileChannel.open(path.resolve(LOCK), StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      deleteLeftover(path);
      return Optional.empty();
    }
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      // A lock on a file that its last owner has deleted is worth nothing.
      boolean held = lock != null && Files.exists(path.resolve(LOCK));
      if (held) {
        requireKnownVersion(channel, path.resolve(LOCK));
      }
      locked = held;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    return locked ? Optional.of(new SpoolDirectory(path, channel)) : Optional.empty();
  }

  private static void requireKnownVersion(FileChannel lock, Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(64);
    int length = Math.max(0, lock.read(bytes, 0));
    String text = new String(bytes.array(), 0, length, StandardCharsets.UTF_8).strip();
    if (text.matches(FORMAT + "\\d{1,9}")) {
      int version = Integer.parseInt(text.substring(FORMAT.length()));
      if (version != VERSION) {
        throw new SpoolVersionException(file.toString(), version, VERSION);
      }
    }
  }

  /**
   * Reads nothing but the versions of what is in {@code path}.
   *
   * @throws SpoolVersionException if a later listener has written some of it
   */
  static void requireKnownVersions(Path path) throws IOException {
    for (long segment : segments(path)) {
      try (SegmentReader reader = new SegmentReader(segmentFile(path, segment), segment)) {
        reader.requireKnownVersion();
      } catch (NoSuchFileException e) {
        // Delivered and deleted meanwhile, by a driver that lives.
      }
    }
    DigestFile.read(path.resolve(DIGEST));
  }

  /**
   * A driver that was killed while it made or deleted its directory leaves it empty, or with a lock
   * that has no name yet. One that lives finds it gone, and makes another.
   */
  private static void deleteLeftover(Path path) throws IOException {
    Path fresh = path.resolve(NEW_LOCK);
    try (Stream<Path> files = Files.list(path)) {
      if (!files.allMatch(fresh::equals)) {
        return;
      }
      Files.deleteIfExists(fresh);
      Files.deleteIfExists(path);
    } catch (NoSuchFileException | DirectoryNotEmptyException e) {
      // Its owner has just deleted it, or come to make the lock.
    }
  }

  /** Where the directory is. */
  public Path path() {
    return path;
  }

  /** Its name below the root, which tells the start, the process and the driver. */
  public String name() {
    return path.getFileName().toString();
  }

  /** The file of {@code segment}, whether it is there or not. */
  public Path segmentFile(long segment) {
    return path.resolve(String.format("%020d%s", segment, SEGMENT_SUFFIX));
  }

  Path cursorFile() {
    return path.resolve(CURSOR);
  }

  Path digestFile() {
    return path.resolve(DIGEST);
  }

  /** The numbers of the segments in {@code path}, ascending. */
  static List<Long> segments(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return new ArrayList<>(
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.matches("\\d{20}\\" + SEGMENT_SUFFIX))
              .map(name -> Long.parseLong(name.substring(0, 20)))
              .sorted()
              .toList());
    }
  }

  static Path cursorFile(Path path) {
    return path.resolve(CURSOR);
  }

  static Path segmentFile(Path path, long segment) {
    return path.resolve(String.format("%020d%s", segment, SEGMENT_SUFFIX));
  }

  /** Where copies of segments are, as {@link #setArchive} was told; nothing if nowhere. */
  Optional<String> archive() throws IOException {
    try {
      return Optional.of(Files.readString(path.resolve(ARCHIVE))).filter(text -> !text.isEmpty());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void setArchive(String location) throws IOException {
    Path fresh = path.resolve(ARCHIVE + ".new");
    Files.writeString(fresh, location);
    Files.move(fresh, path.resolve(ARCHIVE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Makes new and deleted names durable. */
  void force() throws IOException {
    try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /** Deletes a directory in which nothing waits any more. The caller still has to close this. */
  void delete() throws IOException {
    Files.deleteIfExists(cursorFile());
    for (String name : List.of(ARCHIVE, DIGEST)) {
      Files.deleteIfExists(path.resolve(name));
      Files.deleteIfExists(path.resolve(name + ".new"));
    }
    Files.deleteIfExists(path.resolve(LOCK));
    Files.deleteIfExists(path);
  }

  /** Makes a directory, if it is not there, that nobody but this user can read. */
  public static void createForOwner(Path directory) throws IOException {
    Files.createDirectories(directory, ownerOnly());
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void close() throws IOException {
    lockChannel.close();
    OWNED.remove(path.toAbsolutePath().normalize());
  }
}
