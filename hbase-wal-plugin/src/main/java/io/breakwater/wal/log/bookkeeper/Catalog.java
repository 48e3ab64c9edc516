package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogCorruptException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * The names of one workspace, and the record of each of its logs, in ZooKeeper:
 *
 * <pre>
 * ROOT/WORKSPACE             "breakwater-workspace 1"
 * ROOT/WORKSPACE/dirs/ID     a directory; its data is its modification time if that was set
 * ROOT/WORKSPACE/dirs/ID/N   an entry of it: "dir ID" or "log ID"; N is its name, escaped
 * ROOT/WORKSPACE/logs/ID     a log ({@link LogRecord})
 * ROOT/WORKSPACE/trash/ID    a deleted log whose ledgers may still be there
 * </pre>
 *
 * Entries name ids, so a rename moves one entry, whatever is below. Each change is one
 * multi-operation that also checks the version of every directory on the way, and renaming a
 * directory changes its version: what was looked up is still so when it is acted upon. A server
 * whose directory was renamed away can therefore not create another log, not even if the directory
 * was made anew under the old name in between.
 *
 * <p>A directory can have about 10,000 entries with ZooKeeper's default {@code jute.maxbuffer} of 1
 * MiB. Safe for use by many threads and processes.
 */
final class Catalog implements Closeable {

  private static final String VERSION = "breakwater-workspace 1";
  private static final String ROOT_DIRECTORY = "root";
  private static final int ATTEMPTS = 50;

  private final ZooKeeperSession session;
  private final String base;
  private final String workspace;
  private final CatalogOwner owner;

  /** A record, and the version of its node, for compare-and-set. */
  record Stored(LogRecord record, int version) {}

  /**
   * What stands at a path.
   *
   * @param log null for a directory
   */
  record Found(String path, Stored log, long modified) {
    boolean directory() {
      return log == null;
    }
  }

  private record Entry(boolean directory, String id) {
    static Entry decode(byte[] data) throws LogCorruptException {
      String[] parts = new String(data, StandardCharsets.UTF_8).split(" ");
      if (parts.length != 2 || !(parts[0].equals("dir") || parts[0].equals("log"))) {
        throw new LogCorruptException(
            "Cannot read an entry of a directory: it is '" + String.join(" ", parts) + "'");
      }
      return new Entry(parts[0].equals("dir"), parts[1]);
    }

    byte[] encode() {
      return ((directory ? "dir " : "log ") + id).getBytes(StandardCharsets.UTF_8);
    }
  }

  /** A directory as it was looked up: the checks hold as long as it can be reached this way. */
  private record Directory(String id, List<Op> checks) {}

  /** Opens the workspace below {@code root}, making it if it is not there. */
  static Catalog open(ZooKeeperSession session, String root, String workspace) throws IOException {
    Catalog catalog = new Catalog(session, root + "/" + workspace, workspace);
    catalog.run(
        "open workspace " + workspace,
        zooKeeper -> {
          for (String node :
              List.of(root, catalog.base, catalog.base + "/dirs", catalog.base + "/logs")) {
            makeNode(zooKeeper, node, VERSION);
          }
          makeNode(zooKeeper, catalog.base + "/trash", "");
          makeNode(zooKeeper, catalog.directory(ROOT_DIRECTORY), "");
          String found =
              new String(zooKeeper.getData(catalog.base, false, null), StandardCharsets.UTF_8);
          if (!found.equals(VERSION)) {
            throw new IOException(
                "Cannot open workspace "
                    + workspace
                    + ": "
                    + catalog.base
                    + " in ZooKeeper says '"
                    + found
                    + "', must be '"
                    + VERSION
                    + "'");
          }
          return true;
        });
    return catalog;
  }

  /** The names of the workspaces below {@code root}, ordered. */
  static List<String> workspaces(ZooKeeperSession session, String root) throws IOException {
    try {
      return session.read(
          "list the workspaces",
          zooKeeper -> {
            try {
              return zooKeeper.getChildren(root, false).stream().sorted().toList();
            } catch (KeeperException.NoNodeException e) {
              return List.of();
            }
          });
    } catch (KeeperException e) {
      throw new IOException("Cannot list the workspaces: ZooKeeper says " + e.getMessage(), e);
    }
  }

  private Catalog(ZooKeeperSession session, String base, String workspace) {
    this.session = session;
    this.base = base;
    this.workspace = workspace;
    this.owner = new CatalogOwner(session, base, workspace);
  }

  CatalogOwner owner() {
    return owner;
  }

  private static void makeNode(ZooKeeper zooKeeper, String path, String data)
      throws KeeperException, InterruptedException {
    if (zooKeeper.exists(path, false) != null) {
      return;
    }
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      makeNode(zooKeeper, path.substring(0, slash), "");
    }
    try {
      zooKeeper.create(
          path, data.getBytes(StandardCharsets.UTF_8), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    } catch (KeeperException.NodeExistsException e) {
      // Another process opens the workspace for the first time, too.
      zooKeeper.exists(path, false);
    }
  }

  Optional<Found> find(String path) throws IOException {
    return run("look up " + path, zooKeeper -> find(zooKeeper, path));
  }

  private Optional<Found> find(ZooKeeper zooKeeper, String path)
      throws KeeperException, InterruptedException, IOException {
    catchUp(zooKeeper);
    Entry entry = new Entry(true, ROOT_DIRECTORY);
    for (String name : names(path)) {
      if (!entry.directory()) {
        return Optional.empty();
      }
      try {
        entry = Entry.decode(zooKeeper.getData(entryNode(entry.id(), name), false, null));
      } catch (KeeperException.NoNodeException e) {
        return Optional.empty();
      }
    }
    return found(zooKeeper, path, entry);
  }

  /** The reads that follow see what any process had written before: a follower may lag behind. */
  private void catchUp(ZooKeeper zooKeeper) {
    zooKeeper.sync(base, (code, path, context) -> {}, null);
  }

  private Optional<Found> found(ZooKeeper zooKeeper, String path, Entry entry)
      throws KeeperException, InterruptedException, IOException {
    Stat stat = new Stat();
    try {
      if (entry.directory()) {
        byte[] data = zooKeeper.getData(directory(entry.id()), false, stat);
        long modified =
            data.length == 0
                ? Math.max(stat.getMtime(), stat.getCtime())
                : Long.parseLong(new String(data, StandardCharsets.UTF_8));
        return Optional.of(new Found(path, null, modified));
      }
      Stored stored = stored(zooKeeper, log(entry.id()), stat);
      return Optional.of(new Found(path, stored, stored.record().modified()));
    } catch (KeeperException.NoNodeException e) {
      // Deleted since its name was read.
      return Optional.empty();
    }
  }

  private static Stored stored(ZooKeeper zooKeeper, String node, Stat stat)
      throws KeeperException, InterruptedException, IOException {
    LogRecord record = LogRecord.decode(zooKeeper.getData(node, false, stat), node);
    return new Stored(record, stat.getVersion());
  }

  /** What stands in the directory {@code path}, in no order. */
  List<Found> list(String path) throws IOException {
    return run(
        "list " + path,
        zooKeeper -> {
          catchUp(zooKeeper);
          String id = resolve(zooKeeper, path).id();
          List<Found> found = new ArrayList<>();
          try {
            for (String node : zooKeeper.getChildren(directory(id), false)) {
              String child = (path.equals("/") ? "" : path) + "/" + unescape(node);
              try {
                Entry entry =
                    Entry.decode(zooKeeper.getData(directory(id) + "/" + node, false, null));
                found(zooKeeper, child, entry).ifPresent(found::add);
              } catch (KeeperException.NoNodeException e) {
                // Renamed or deleted since the names were read: then it is not in here.
              }
            }
          } catch (KeeperException.NoNodeException e) {
            throw missing(path, e);
          }
          return found;
        });
  }

  /** The record of a log by its id, whatever its name; nothing if it was deleted. */
  Optional<Stored> read(UUID id) throws IOException {
    return run(
        "read the record of log " + id,
        zooKeeper -> {
          try {
            return Optional.of(stored(zooKeeper, log(id.toString()), new Stat()));
          } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
          }
        });
  }

  /**
   * Replaces the record if it is still {@code expected}; with another ledger only while this
   * process's cluster owns the workspace.
   *
   * @return nothing if it is another by now, or gone
   */
  Optional<Stored> update(Stored expected, LogRecord next) throws IOException {
    String node = log(next.id().toString());
    String what = "write the record of log " + next.id();
    try {
      return session.write(
          what,
          zooKeeper -> {
            if (next.segments().equals(expected.record().segments())) {
              Stat stat = zooKeeper.setData(node, next.encode(), expected.version());
              return Optional.of(new Stored(next, stat.getVersion()));
            }
            owner.requireOwned("go on with a log in");
            List<Op> ops = new ArrayList<>(owner.checks());
            ops.add(Op.setData(node, next.encode(), expected.version()));
            zooKeeper.multi(ops);
            return Optional.of(new Stored(next, expected.version() + 1));
          },
          zooKeeper -> {
            try {
              Stored now = stored(zooKeeper, node, new Stat());
              if (now.version() == expected.version()) {
                return null;
              }
              return now.record().write().equals(next.write())
                  ? Optional.of(now)
                  : Optional.empty();
            } catch (KeeperException.NoNodeException e) {
              return Optional.empty();
            }
          });
    } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
      return Optional.empty();
    } catch (KeeperException e) {
      throw failed(what, e);
    }
  }

  /** Makes the directory {@code path} and those above it. */
  void createDirectories(String path) throws IOException {
    List<String> names = names(path);
    String above = "/";
    for (int i = 0; i < names.size(); i++) {
      String parent = above;
      String name = names.get(i);
      above = (parent.equals("/") ? "" : parent) + "/" + name;
      String made = above;
      boolean last = i == names.size() - 1;
      change(
          "make the directory " + path,
          zooKeeper -> {
            Directory directory = resolve(zooKeeper, parent);
            String node = entryNode(directory.id(), name);
            if (zooKeeper.exists(node, false) != null) {
              requireDirectory(zooKeeper, node, made, last);
              return List.of();
            }
            String id = UUID.randomUUID().toString();
            List<Op> ops = new ArrayList<>(directory.checks());
            ops.add(create(directory(id), new byte[0]));
            ops.add(create(node, new Entry(true, id).encode()));
            return ops;
          },
          zooKeeper -> false);
    }
  }

  private static void requireDirectory(ZooKeeper zooKeeper, String node, String path, boolean last)
      throws KeeperException, InterruptedException, IOException {
    if (!Entry.decode(zooKeeper.getData(node, false, null)).directory()) {
      throw last ? new FileAlreadyExistsException(path) : new NotDirectoryException(path);
    }
  }

  /**
   * Gives a new log its name.
   *
   * @throws NoSuchFileException if the directory does not exist
   * @throws FileAlreadyExistsException if something stands at {@code path}
   */
  Stored createLog(String path, LogRecord record) throws IOException {
    String id = record.id().toString();
    change(
        "create log " + path,
        zooKeeper -> {
          Directory directory = resolve(zooKeeper, parent(path));
          String node = entryNode(directory.id(), name(path));
          if (zooKeeper.exists(node, false) != null) {
            throw new FileAlreadyExistsException(path);
          }
          owner.requireOwned("create " + path + " in");
          List<Op> ops = new ArrayList<>(directory.checks());
          ops.addAll(owner.checks());
          ops.add(create(log(id), record.encode()));
          ops.add(create(node, new Entry(false, id).encode()));
          return ops;
        },
        zooKeeper -> zooKeeper.exists(log(id), false) != null);
    return new Stored(record, 0);
  }

  void rename(String source, String target) throws IOException {
    if (target.startsWith(source + "/")) {
      throw new IOException("Cannot rename " + source + ": " + target + " is below it");
    }
    // Tells this rename from another's, should its answer be lost.
    String[] moved = new String[2];
    change(
        "rename " + source + " to " + target,
        zooKeeper -> {
          Directory from = resolve(zooKeeper, parent(source));
          Directory to = resolve(zooKeeper, parent(target));
          String fromNode = entryNode(from.id(), name(source));
          String toNode = entryNode(to.id(), name(target));
          if (zooKeeper.exists(toNode, false) != null) {
            throw new FileAlreadyExistsException(target);
          }
          Entry entry;
          try {
            entry = Entry.decode(zooKeeper.getData(fromNode, false, null));
          } catch (KeeperException.NoNodeException e) {
            throw missing(source, e);
          }
          moved[0] = toNode;
          moved[1] = entry.id();
          List<Op> ops = new ArrayList<>(from.checks());
          ops.addAll(to.checks());
          ops.add(Op.delete(fromNode, -1));
          ops.add(create(toNode, entry.encode()));
          if (entry.directory()) {
            Stat stat = new Stat();
            byte[] data = zooKeeper.getData(directory(entry.id()), false, stat);
            ops.add(Op.setData(directory(entry.id()), data, stat.getVersion()));
          }
          return ops;
        },
        zooKeeper -> {
          if (moved[0] == null) {
            return false;
          }
          try {
            return Entry.decode(zooKeeper.getData(moved[0], false, null)).id().equals(moved[1]);
          } catch (KeeperException.NoNodeException e) {
            return false;
          }
        });
  }

  /** Deletes an empty directory. */
  void deleteDirectory(String path) throws IOException {
    String[] deleted = new String[1];
    change(
        "delete the directory " + path,
        zooKeeper -> {
          Directory directory = resolve(zooKeeper, path);
          Directory above = resolve(zooKeeper, parent(path));
          deleted[0] = directory(directory.id());
          if (!zooKeeper.getChildren(deleted[0], false).isEmpty()) {
            throw new DirectoryNotEmptyException(path);
          }
          List<Op> ops = new ArrayList<>(directory.checks());
          ops.add(Op.delete(deleted[0], -1));
          ops.add(Op.delete(entryNode(above.id(), name(path)), -1));
          return ops;
        },
        zooKeeper -> deleted[0] != null && zooKeeper.exists(deleted[0], false) == null);
  }

  /** Takes a log out of the namespace; its record stays in the trash until {@link #purge}. */
  void deleteLog(String path, Stored log) throws IOException {
    String id = log.record().id().toString();
    change(
        "delete log " + path,
        zooKeeper -> {
          Directory directory = resolve(zooKeeper, parent(path));
          List<Op> ops = new ArrayList<>(directory.checks());
          ops.add(Op.delete(entryNode(directory.id(), name(path)), -1));
          ops.add(Op.delete(log(id), log.version()));
          ops.add(create(base + "/trash/" + id, log.record().encode()));
          return ops;
        },
        zooKeeper -> zooKeeper.exists(base + "/trash/" + id, false) != null);
  }

  /** Deleted logs whose ledgers may still be there. */
  List<LogRecord> trash() throws IOException {
    return records("/trash");
  }

  /** Every log that has a name. */
  List<LogRecord> logs() throws IOException {
    return records("/logs");
  }

  private List<LogRecord> records(String folder) throws IOException {
    return run(
        "list the logs of workspace " + workspace,
        zooKeeper -> {
          List<LogRecord> records = new ArrayList<>();
          for (String id : zooKeeper.getChildren(base + folder, false)) {
            try {
              records.add(stored(zooKeeper, base + folder + "/" + id, new Stat()).record());
            } catch (KeeperException.NoNodeException e) {
              // Deleted since the ids were read.
            }
          }
          return records;
        });
  }

  /** Forgets a deleted log, once its ledgers are gone. */
  void purge(UUID id) throws IOException {
    run(
        "empty the trash",
        zooKeeper -> {
          try {
            zooKeeper.delete(base + "/trash/" + id, -1);
          } catch (KeeperException.NoNodeException e) {
            // Another has emptied it as well.
            return false;
          }
          return true;
        });
  }

  void setDirectoryModified(String path, long millis) throws IOException {
    change(
        "set the modification time of " + path,
        zooKeeper -> {
          Directory directory = resolve(zooKeeper, path);
          List<Op> ops = new ArrayList<>(directory.checks());
          byte[] data = Long.toString(millis).getBytes(StandardCharsets.UTF_8);
          ops.add(Op.setData(directory(directory.id()), data, -1));
          return ops;
        },
        zooKeeper -> false);
  }

  /** Looks up a directory, so that {@link Directory#checks} fail if it is somewhere else later. */
  private Directory resolve(ZooKeeper zooKeeper, String path)
      throws KeeperException, InterruptedException, IOException {
    String id = ROOT_DIRECTORY;
    List<Op> checks = new ArrayList<>();
    for (String name : names(path)) {
      String node = entryNode(id, name);
      try {
        Entry entry = Entry.decode(zooKeeper.getData(node, false, null));
        if (!entry.directory()) {
          throw new NotDirectoryException(path);
        }
        Stat stat = zooKeeper.exists(directory(entry.id()), false);
        // Again, so that the version is not one from after a rename.
        if (stat == null || !Entry.decode(zooKeeper.getData(node, false, null)).equals(entry)) {
          throw new NoSuchFileException(path);
        }
        id = entry.id();
        checks.add(Op.check(directory(id), stat.getVersion()));
      } catch (KeeperException.NoNodeException e) {
        throw missing(path, e);
      }
    }
    return new Directory(id, checks);
  }

  /** Makes the operations of a change from what is there; none if there is nothing to do. */
  private interface Plan {
    List<Op> operations(ZooKeeper zooKeeper)
        throws KeeperException, InterruptedException, IOException;
  }

  private interface Happened {
    boolean look(ZooKeeper zooKeeper) throws KeeperException, InterruptedException, IOException;
  }

  /** Plans and makes a change, again if something has changed in between. */
  private void change(String what, Plan plan, Happened happened) throws IOException {
    KeeperException last = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        // Planned again before each attempt: only then does the outcome of a lost one not matter.
        session.write(
            what,
            zooKeeper -> {
              List<Op> operations = plan.operations(zooKeeper);
              if (!operations.isEmpty()) {
                zooKeeper.multi(operations);
              }
              return true;
            },
            zooKeeper -> happened.look(zooKeeper) ? true : null);
        return;
      } catch (KeeperException.BadVersionException
          | KeeperException.NoNodeException
          | KeeperException.NodeExistsException
          | KeeperException.NotEmptyException e) {
        last = e;
      } catch (KeeperException e) {
        throw failed(what, e);
      }
    }
    throw failed(what, last);
  }

  private <T> T run(String what, ZooKeeperSession.Operation<T> operation) throws IOException {
    try {
      return session.read(what, operation);
    } catch (KeeperException e) {
      throw failed(what, e);
    }
  }

  private IOException failed(String what, KeeperException e) {
    return new IOException(
        "Cannot " + what + " of workspace " + workspace + ": ZooKeeper says " + e.getMessage(), e);
  }

  private static NoSuchFileException missing(String path, KeeperException cause) {
    NoSuchFileException e = new NoSuchFileException(path);
    e.initCause(cause);
    return e;
  }

  private static Op create(String node, byte[] data) {
    return Op.create(node, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
  }

  private String directory(String id) {
    return base + "/dirs/" + id;
  }

  private String entryNode(String directoryId, String name) {
    return directory(directoryId) + "/" + escape(name);
  }

  private String log(String id) {
    return base + "/logs/" + id;
  }

  /** ZooKeeper takes any character but some that no sane file name has; those are escaped. */
  private static String escape(String name) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '%' || c < 0x20 || (c >= 0x7f && c <= 0x9f) || c >= 0xd800) {
        escaped.append(String.format("%%%04x", (int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static String unescape(String node) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < node.length(); i++) {
      if (node.charAt(i) == '%') {
        name.append((char) Integer.parseInt(node.substring(i + 1, i + 5), 16));
        i += 4;
      } else {
        name.append(node.charAt(i));
      }
    }
    return name.toString();
  }

  static String parent(String path) {
    return path.substring(0, Math.max(1, path.lastIndexOf('/')));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static List<String> names(String path) {
    List<String> names = List.of(path.substring(Math.min(1, path.length())).split("/", -1));
    if (path.equals("/")) {
      return List.of();
    }
    if (!path.startsWith("/") || names.stream().anyMatch(n -> List.of("", ".", "..").contains(n))) {
      throw new IllegalArgumentException(
          "Invalid path: " + path + ", must be absolute without '.' and '..'");
    }
    return names;
  }

  @Override
  public void close() throws IOException {
    session.close();
  }
}
