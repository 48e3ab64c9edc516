package io.breakwater.wal.log.embedded;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.LogNotRecoveredException;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.LogVersionException;
import io.breakwater.wal.log.Orphan;
import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A workspace in a directory of a local file system, shared by the processes of one machine.
 *
 * <pre>
 * DIRECTORY/NAME/WORKSPACE  the format's version
 * DIRECTORY/NAME/tree/...   the namespace: directories, and an {@link Entry} for each log
 * DIRECTORY/NAME/logs/...   the logs themselves ({@link LogFiles})
 * </pre>
 *
 * Renames are renames in the tree and leave the logs where they are. Relies on the atomic rename,
 * exclusive link and page-cache coherence of a local POSIX file system: network file systems do not
 * give all three. That nothing stands at the target of a rename is looked at just before it: two
 * that rename to one name at the same time are not kept apart, and HBase has no such two.
 */
public final class EmbeddedWorkspace implements Workspace {

  private static final String MARKER = "WORKSPACE";
  private static final String VERSION = "breakwater-workspace 1\n";

  private final String name;
  private final EmbeddedOptions options;
  private final LogEvents events;
  private final Path tree;
  private final LogFiles files;
  private final Orphans orphans;
  private final EmbeddedOwner owner;
  private final ExecutorService committers;
  private final Map<UUID, EmbeddedAppender> appenders = new ConcurrentHashMap<>();

  private EmbeddedWorkspace(Path root, String name, EmbeddedOptions options, LogEvents events) {
    this.events = events;
    this.name = name;
    this.options = options;
    this.tree = root.resolve("tree");
    this.owner = new EmbeddedOwner(root, name);
    this.files = new LogFiles(root.resolve("logs"));
    this.orphans = new Orphans(tree, root.resolve("logs"), files);
    AtomicInteger count = new AtomicInteger();
    this.committers =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread =
                  new Thread(task, "breakwater-wal-" + name + "-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Opens the workspace {@code name} in {@code directory}, making it if it is not there.
   *
   * @throws IOException if the directory cannot be used, or is of a version unknown to this one
   */
  public static EmbeddedWorkspace open(Path directory, String name, EmbeddedOptions options)
      throws IOException {
    return open(directory, name, options, LogEvents.NONE);
  }

  /** The same, telling {@code events} what the engine does. */
  public static EmbeddedWorkspace open(
      Path directory, String name, EmbeddedOptions options, LogEvents events) throws IOException {
    Path root = directory.resolve(name);
    Path version = root.resolve(MARKER);
    if (!Files.exists(version)) {
      Files.createDirectories(root);
      Path draft = root.resolve("WORKSPACE." + UUID.randomUUID());
      LogFiles.writeDurably(draft, StandardCharsets.UTF_8.encode(VERSION));
      Files.move(draft, version, StandardCopyOption.ATOMIC_MOVE);
      LogFiles.syncDirectory(root);
    }
    String found = Files.readString(version);
    LogVersionException.requireKnown(
        "open workspace " + name, version.toString(), found, VERSION.strip());
    if (!found.equals(VERSION)) {
      throw new IOException(
          "Cannot open workspace "
              + name
              + ": "
              + version
              + " says '"
              + found.strip()
              + "', must be '"
              + VERSION.strip()
              + "'");
    }
    Files.createDirectories(root.resolve("tree"));
    Files.createDirectories(root.resolve("logs"));
    return new EmbeddedWorkspace(root, name, options, events);
  }

  /** The names of the workspaces in {@code directory}, ordered; none if it is not there. */
  public static List<String> list(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        if (Files.exists(child.resolve(MARKER))) {
          names.add(child.getFileName().toString());
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<PathStatus> status(String path) throws IOException {
    return status(path, resolve(path));
  }

  private Optional<PathStatus> status(String path, Path file) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      long modified = attributes.lastModifiedTime().toMillis();
      if (attributes.isDirectory()) {
        return Optional.of(new PathStatus(path, true, false, 0, modified));
      }
      Entry entry = Entry.read(file);
      if (modified == entry.created()) {
        modified = Files.getLastModifiedTime(files.data(entry.id())).toMillis();
      }
      OptionalLong sealed = files.sealedLength(entry.id());
      long length = sealed.isPresent() ? sealed.getAsLong() : liveLength(entry.id());
      return Optional.of(new PathStatus(path, false, sealed.isPresent(), length, modified));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FileSystemException e) {
      // Below a log nothing can stand, which the operating system says in another way.
      if (Files.isDirectory(existingAbove(file))) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static Path existingAbove(Path file) {
    Path above = file.getParent();
    while (!Files.exists(above)) {
      above = above.getParent();
    }
    return above;
  }

  private long liveLength(UUID id) throws IOException {
    EmbeddedAppender appender = appenders.get(id);
    if (appender != null) {
      return appender.acknowledgedLength();
    }
    try (LogReader reader = reader(id)) {
      return reader.length();
    }
  }

  @Override
  public List<PathStatus> list(String path) throws IOException {
    Path directory = resolve(path);
    List<PathStatus> found = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        String childPath = (path.equals("/") ? "" : path) + "/" + child.getFileName();
        status(childPath, child).ifPresent(found::add);
      }
    }
    found.sort(Comparator.comparing(PathStatus::path));
    return found;
  }

  @Override
  public void createDirectories(String path) throws IOException {
    Path directory = resolve(path);
    if (Files.isDirectory(directory)) {
      return;
    }
    if (Files.exists(directory)) {
      throw new FileAlreadyExistsException(path);
    }
    Path existing = existingAbove(directory);
    if (!Files.isDirectory(existing)) {
      throw new NotDirectoryException("/" + tree.relativize(existing));
    }
    Files.createDirectories(directory);
    for (Path made = directory; !made.equals(existing); made = made.getParent()) {
      LogFiles.syncDirectory(made.getParent());
    }
  }

  @Override
  public LogAppender create(String path) throws IOException {
    return owner.whileOwned(() -> createNow(path));
  }

  private LogAppender createNow(String path) throws IOException {
    Path target = resolve(path);
    if (!Files.isDirectory(target.getParent())) {
      throw new NoSuchFileException(parent(path));
    }
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(path);
    }
    UUID id = UUID.randomUUID();
    FileChannel channel = files.create(id);
    try {
      files.link(target, new Entry(id, System.currentTimeMillis(), parent(path)));
    } catch (IOException | RuntimeException e) {
      channel.close();
      files.delete(id);
      throw e;
    }
    EmbeddedAppender appender =
        new EmbeddedAppender(
            id, files, channel, options, events, committers, () -> appenders.remove(id));
    appenders.put(id, appender);
    return appender;
  }

  @Override
  public LogReader open(String path) throws IOException {
    Entry entry = entry(path);
    if (!entry.home().equals(parent(path)) && files.sealedLength(entry.id()).isEmpty()) {
      throw new LogNotRecoveredException(
          "Cannot read "
              + path
              + " of workspace "
              + name
              + ": it was moved here from "
              + entry.home()
              + " and its writer may still be alive; recover it first (recoverLease)");
    }
    return reader(entry.id());
  }

  private LogReader reader(UUID id) throws IOException {
    RecordFile file = new RecordFile(files.data(id), id);
    return new EmbeddedReader(
        file,
        new EmbeddedReader.End() {
          @Override
          public OptionalLong sealed() throws IOException {
            return files.sealedLength(id);
          }

          @Override
          public OptionalLong acknowledged() {
            EmbeddedAppender appender = appenders.get(id);
            return appender == null
                ? OptionalLong.empty()
                : OptionalLong.of(appender.acknowledgedLength());
          }
        });
  }

  @Override
  public long recover(String path) throws IOException {
    return recover(files, entry(path).id(), events);
  }

  static long recover(LogFiles files, UUID id, LogEvents events) throws IOException {
    long begun = System.nanoTime();
    OptionalLong sealed = files.sealedLength(id);
    if (sealed.isPresent()) {
      return sealed.getAsLong();
    }
    files.fence(id);
    try (RecordFile file = new RecordFile(files.data(id), id)) {
      Recovery recovery = Recovery.scan(file);
      file.force();
      if (files.seal(id, recovery.length())) {
        events.recovered(begun);
      }
    }
    // Another may have sealed in between: one seal counts for all.
    return files.sealedLength(id).orElseThrow();
  }

  @Override
  public void rename(String source, String target) throws IOException {
    Path from = resolve(source);
    Path to = resolve(target);
    if (!Files.exists(from)) {
      throw new NoSuchFileException(source);
    }
    if (Files.exists(to)) {
      throw new FileAlreadyExistsException(target);
    }
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    LogFiles.syncDirectory(to.getParent());
    LogFiles.syncDirectory(from.getParent());
  }

  @Override
  public void delete(String path) throws IOException {
    Path file = resolve(path);
    Optional<UUID> log =
        Files.isDirectory(file) ? Optional.empty() : Optional.of(Entry.read(file).id());
    if (log.isPresent()) {
      // First, so that a crash before the rest leaves no writer that goes on unseen.
      files.fence(log.get());
    }
    Files.delete(file);
    LogFiles.syncDirectory(file.getParent());
    if (log.isPresent()) {
      files.delete(log.get());
    }
  }

  @Override
  public void setModificationTime(String path, long millis) throws IOException {
    Files.setLastModifiedTime(resolve(path), FileTime.fromMillis(millis));
  }

  @Override
  public List<Orphan> orphans(Duration minAge) throws IOException {
    return orphans.olderThan(minAge);
  }

  @Override
  public void deleteOrphan(Orphan orphan) throws IOException {
    orphans.delete(orphan);
  }

  private Entry entry(String path) throws IOException {
    Path file = resolve(path);
    if (Files.isDirectory(file)) {
      throw new IOException("Cannot open " + path + " of workspace " + name + ": is a directory");
    }
    return Entry.read(file);
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  private Path resolve(String path) {
    Path file = tree.resolve(path.substring(Math.min(1, path.length())));
    if (!path.startsWith("/") || !file.normalize().equals(file) || !file.startsWith(tree)) {
      throw new IllegalArgumentException(
          "Invalid path: " + path + ", must be absolute without '.' and '..'");
    }
    return file;
  }

  @Override
  public long own(String ownerName, boolean takeover) throws IOException {
    return owner.own(ownerName, takeover, this::fenceAll);
  }

  private boolean fenceAll() throws IOException {
    try (Stream<Path> entries = Files.walk(tree)) {
      for (Path entry : (Iterable<Path>) entries.filter(Files::isRegularFile)::iterator) {
        recover(files, Entry.read(entry).id(), events);
      }
    }
    return true;
  }

  @Override
  public Optional<Owner> owner() throws IOException {
    return owner.owner();
  }

  @Override
  public void close() {
    committers.shutdown();
  }
}
