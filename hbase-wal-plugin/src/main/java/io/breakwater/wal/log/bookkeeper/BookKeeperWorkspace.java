package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogAppender;
import io.breakwater.wal.log.LogCipher;
import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogEncryption;
import io.breakwater.wal.log.LogEvents;
import io.breakwater.wal.log.LogNotRecoveredException;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.Orphan;
import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import io.breakwater.wal.log.WorkspaceOwnedException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A workspace in Apache BookKeeper: each log is a sequence of ledgers, the names are in
 * BookKeeper's ZooKeeper. It outlives the HBase cluster, and any bookies that the quorums allow
 * for.
 *
 * <p>An acknowledged append is on the journals of {@link BookKeeperOptions#ackQuorum} bookies. A
 * log is fenced by its record, so that no ledger can be added, and in BookKeeper, so that no entry
 * can.
 */
public final class BookKeeperWorkspace implements Workspace {

  private static final Logger LOG = LoggerFactory.getLogger(BookKeeperWorkspace.class);

  private final String name;
  private final BookKeeperOptions options;
  private final LogEncryption encryption;
  private final LogEvents events;
  private final Catalog catalog;
  private final Ledgers ledgers;
  private final LogRecovery recovery;
  private final ScheduledExecutorService timer;
  private final ExecutorService work;
  private final Map<UUID, LedgerAppender> appenders = new ConcurrentHashMap<>();

  /** This object, until it is closed, and each open appender and reader. */
  private final AtomicInteger users = new AtomicInteger(1);

  private final AtomicBoolean closed = new AtomicBoolean();

  private BookKeeperWorkspace(
      String name,
      BookKeeperOptions options,
      LogEncryption encryption,
      LogEvents events,
      Catalog catalog,
      Ledgers ledgers) {
    this.name = name;
    this.options = options;
    this.encryption = encryption;
    this.events = events;
    this.catalog = catalog;
    this.ledgers = ledgers;
    this.recovery = new LogRecovery(catalog.records(), ledgers, events);
    AtomicInteger count = new AtomicInteger();
    ThreadFactory threads =
        task -> {
          Thread thread =
              new Thread(task, "breakwater-wal-" + name + "-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    this.timer = Executors.newSingleThreadScheduledExecutor(threads);
    // As many as there are logs that wait for BookKeeper or ZooKeeper: none waits for another.
    this.work = Executors.newCachedThreadPool(threads);
  }

  /**
   * Opens the workspace {@code name}, making it if it is not there.
   *
   * @throws IOException if ZooKeeper or BookKeeper do not answer, or the workspace is of a version
   *     unknown to this one
   */
  public static BookKeeperWorkspace open(
      String name, BookKeeperOptions options, LogEncryption encryption) throws IOException {
    return open(name, options, encryption, LogEvents.NONE);
  }

  /** The same, telling {@code events} what the engine does. */
  public static BookKeeperWorkspace open(
      String name, BookKeeperOptions options, LogEncryption encryption, LogEvents events)
      throws IOException {
    ZooKeeperSession session = session(options);
    try {
      Catalog catalog = Catalog.open(session, options.root(), name);
      BookKeeperWorkspace workspace =
          new BookKeeperWorkspace(
              name, options, encryption, events, catalog, Ledgers.connect(options, name));
      workspace.emptyTrash();
      return workspace;
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<PathStatus> status(String path) throws IOException {
    Optional<Catalog.Found> found = catalog.find(path);
    return found.isEmpty() ? Optional.empty() : Optional.of(status(found.get()));
  }

  private PathStatus status(Catalog.Found found) throws IOException {
    if (found.directory()) {
      return new PathStatus(found.path(), true, false, 0, found.modified());
    }
    LogRecord record = found.log().record();
    long length = record.sealed() ? record.length() : liveLength(found.path(), record);
    return new PathStatus(found.path(), false, record.sealed(), length, found.modified());
  }

  private long liveLength(String path, LogRecord record) throws IOException {
    LedgerAppender appender = appenders.get(record.id());
    if (appender != null) {
      return appender.acknowledgedLength();
    }
    try (LedgerReader reader = reader(path, record, null)) {
      return reader.length();
    }
  }

  @Override
  public List<PathStatus> list(String path) throws IOException {
    Optional<Catalog.Found> directory = catalog.find(path);
    if (directory.isPresent() && !directory.get().directory()) {
      throw new java.nio.file.NotDirectoryException(path);
    }
    List<PathStatus> statuses = new ArrayList<>();
    for (Catalog.Found found : catalog.list(path)) {
      statuses.add(status(found));
    }
    statuses.sort(Comparator.comparing(PathStatus::path));
    return statuses;
  }

  @Override
  public void createDirectories(String path) throws IOException {
    catalog.createDirectories(path);
  }

  @Override
  public LogAppender create(String path) throws IOException {
    UUID id = UUID.randomUUID();
    LogEncryption.LogKey key = encryption.newKey(id);
    WriteHandle first = ledgers.create(id);
    LogRecords.Stored stored;
    try {
      stored =
          catalog.createLog(
              path,
              LogRecord.open(
                  id,
                  CatalogNodes.parent(path),
                  System.currentTimeMillis(),
                  new LogRecord.Segment(first.getId(), 0),
                  key.attributes()));
    } catch (FileSystemException | WorkspaceOwnedException e) {
      // After any other failure the record may be there; then its ledger has to be, too.
      ledgers.deleteUnused(first.getId(), id);
      throw e;
    }
    users.incrementAndGet();
    LedgerAppender appender =
        new LedgerAppender(
            id,
            options,
            ledgers.health(),
            new LedgerChange(catalog.records(), ledgers, recovery, options, work, stored),
            new LedgerChange.Current(first, 0),
            key.cipher(),
            events,
            timer,
            work,
            () -> {
              appenders.remove(id);
              release();
            });
    appenders.put(id, appender);
    return appender;
  }

  @Override
  public LogReader open(String path) throws IOException {
    LogRecord record = log(path).record();
    if (!record.sealed() && !record.home().equals(CatalogNodes.parent(path))) {
      throw new LogNotRecoveredException(
          "Cannot read "
              + path
              + " of workspace "
              + name
              + ": it was moved here from "
              + record.home()
              + " and its writer may still be alive; recover it first (recoverLease)");
    }
    return reader(path, record, encryption.cipher(record.id(), record.attributes()));
  }

  private LedgerReader reader(String path, LogRecord record, LogCipher cipher) {
    users.incrementAndGet();
    return new LedgerReader(
        catalog.records(),
        ledgers,
        () -> appenders.get(record.id()),
        path,
        record,
        cipher,
        this::release);
  }

  private LogRecords.Stored log(String path) throws IOException {
    Catalog.Found found = catalog.find(path).orElseThrow(() -> new NoSuchFileException(path));
    if (found.directory()) {
      throw new IOException("Cannot open " + path + " of workspace " + name + ": is a directory");
    }
    return found.log();
  }

  @Override
  public long recover(String path) throws IOException {
    return recovery.recover(log(path));
  }

  @Override
  public void rename(String source, String target) throws IOException {
    catalog.rename(source, target);
  }

  @Override
  public void delete(String path) throws IOException {
    Catalog.Found found = catalog.find(path).orElseThrow(() -> new NoSuchFileException(path));
    if (found.directory()) {
      catalog.deleteDirectory(path);
      return;
    }
    // First, so that no writer goes on in ledgers that are about to vanish.
    try {
      recovery.recover(found.log());
    } catch (LogCorruptException e) {
      LOG.warn("Log {} is deleted although it is damaged: {}", path, e.getMessage());
    }
    LogRecords.Stored fenced = log(path);
    catalog.deleteLog(path, fenced);
    deleteLedgers(fenced.record());
  }

  /** Deletes the ledgers of logs whose deletion was cut short. */
  private void emptyTrash() throws IOException {
    for (LogRecord record : catalog.records().trash()) {
      try {
        deleteLedgers(record);
      } catch (IOException e) {
        LOG.warn("Ledgers of the deleted log {} are still there: {}", record.id(), e.getMessage());
      }
    }
  }

  private void deleteLedgers(LogRecord record) throws IOException {
    for (LogRecord.Segment segment : record.segments()) {
      try {
        ledgers.await(
            "delete ledger " + segment.ledger() + " of log " + record.id(),
            ledgers.delete(segment.ledger()));
      } catch (IOException e) {
        if (!Ledgers.isGone(e)) {
          throw e;
        }
      }
    }
    catalog.records().purge(record.id());
  }

  @Override
  public void setModificationTime(String path, long millis) throws IOException {
    Catalog.Found found = catalog.find(path).orElseThrow(() -> new NoSuchFileException(path));
    if (found.directory()) {
      catalog.setDirectoryModified(path, millis);
      return;
    }
    for (LogRecords.Stored log = found.log();
        catalog.records().update(log, log.record().modifiedAt(millis)).isEmpty(); ) {
      log = log(path);
    }
  }

  /** The ledgers of this workspace that no log names. */
  @Override
  public List<Orphan> orphans(Duration minAge) throws IOException {
    return new OrphanLedgers(name, catalog, ledgers).find(minAge);
  }

  @Override
  public void deleteOrphan(Orphan orphan) throws IOException {
    new OrphanLedgers(name, catalog, ledgers).delete(orphan);
  }

  @Override
  public long own(String owner, boolean takeover) throws IOException {
    return catalog.owner().own(owner, takeover, this::fenceAll);
  }

  private void fenceAll() throws IOException {
    for (LogRecord record : catalog.records().logs()) {
      Optional<LogRecords.Stored> log =
          record.sealed() ? Optional.empty() : catalog.records().read(record.id());
      if (log.isPresent()) {
        LOG.info("Recovering log {} of the former owner of workspace {}", record.id(), name);
        recovery.recover(log.get());
      }
    }
  }

  @Override
  public Optional<Owner> owner() throws IOException {
    return catalog.owner().owner();
  }

  /** The names of the workspaces, ordered. */
  public static List<String> list(BookKeeperOptions options) throws IOException {
    try (ZooKeeperSession session = session(options)) {
      return Catalog.workspaces(session, options.root());
    }
  }

  private static ZooKeeperSession session(BookKeeperOptions options) {
    return new ZooKeeperSession(
        options.zooKeeper(), options.sessionTimeout(), options.appendTimeout());
  }

  @Override
  public void close() throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    release();
  }

  /** Who is the last puts out the light. */
  private void release() {
    if (users.decrementAndGet() > 0) {
      return;
    }
    timer.shutdown();
    work.shutdown();
    try {
      try {
        ledgers.close();
      } finally {
        catalog.close();
      }
    } catch (IOException e) {
      LOG.warn("Cannot close the connections of workspace {}", name, e);
    }
  }
}
