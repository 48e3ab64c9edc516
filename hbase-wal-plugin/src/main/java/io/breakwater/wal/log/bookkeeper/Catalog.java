package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogVersionException;
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
 * The names of one workspace, in ZooKeeper ({@link CatalogNodes}).
 *
 * <p>Entries name ids, so a rename moves one entry, whatever is below. Each change is one
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
  private final CatalogNodes nodes;
  private final String workspace;
  private final CatalogOwner owner;
  private final LogRecords records;

  /**
   * What stands at a path.
   *
   * @param log null for a directory
   */
  record Found(String path, LogRecords.Stored log, long modified) {
    boolean directory() {
      return log == null;
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
          makeNode(zooKeeper, root, VERSION);
          makeNode(zooKeeper, catalog.nodes.base(), VERSION);
          String found =
              new String(
                  zooKeeper.getData(catalog.nodes.base(), false, null), StandardCharsets.UTF_8);
          LogVersionException.requireKnown(
              "open workspace " + workspace,
              catalog.nodes.base() + " in ZooKeeper",
              found,
              VERSION);
          if (!found.equals(VERSION)) {
            throw new IOException(
                "Cannot open workspace "
                    + workspace
                    + ": "
                    + catalog.nodes.base()
                    + " in ZooKeeper says '"
                    + found
                    + "', must be '"
                    + VERSION
                    + "'");
          }
          makeNode(zooKeeper, catalog.nodes.base() + "/dirs", VERSION);
          makeNode(zooKeeper, catalog.nodes.base() + "/logs", VERSION);
          makeNode(zooKeeper, catalog.nodes.base() + "/trash", "");
          makeNode(zooKeeper, catalog.nodes.directory(ROOT_DIRECTORY), "");
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
    this.nodes = new CatalogNodes(base);
    this.workspace = workspace;
    this.owner = new CatalogOwner(session, base, workspace);
    this.records = new LogRecords(session, nodes, owner, workspace);
  }

  CatalogOwner owner() {
    return owner;
  }

  LogRecords records() {
    return records;
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
    CatalogNodes.Entry entry = new CatalogNodes.Entry(true, ROOT_DIRECTORY);
    for (String name : CatalogNodes.names(path)) {
      if (!entry.directory()) {
        return Optional.empty();
      }
      try {
        entry =
            CatalogNodes.Entry.decode(
                zooKeeper.getData(nodes.entry(entry.id(), name), false, null));
      } catch (KeeperException.NoNodeException e) {
        return Optional.empty();
      }
    }
    return found(zooKeeper, path, entry);
  }

  /** The reads that follow see what any process had written before: a follower may lag behind. */
  private void catchUp(ZooKeeper zooKeeper) {
    zooKeeper.sync(nodes.base(), (code, path, context) -> {}, null);
  }

  private Optional<Found> found(ZooKeeper zooKeeper, String path, CatalogNodes.Entry entry)
      throws KeeperException, InterruptedException, IOException {
    Stat stat = new Stat();
    try {
      if (entry.directory()) {
        byte[] data = zooKeeper.getData(nodes.directory(entry.id()), false, stat);
        long modified =
            data.length == 0
                ? Math.max(stat.getMtime(), stat.getCtime())
                : Long.parseLong(new String(data, StandardCharsets.UTF_8));
        return Optional.of(new Found(path, null, modified));
      }
      LogRecords.Stored stored = LogRecords.stored(zooKeeper, nodes.log(entry.id()), stat);
      return Optional.of(new Found(path, stored, stored.record().modified()));
    } catch (KeeperException.NoNodeException e) {
      // Deleted since its name was read.
      return Optional.empty();
    }
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
            for (String node : zooKeeper.getChildren(nodes.directory(id), false)) {
              String child = (path.equals("/") ? "" : path) + "/" + CatalogNodes.unescape(node);
              try {
                CatalogNodes.Entry entry =
                    CatalogNodes.Entry.decode(
                        zooKeeper.getData(nodes.directory(id) + "/" + node, false, null));
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

  /** Makes the directory {@code path} and those above it. */
  void createDirectories(String path) throws IOException {
    List<String> names = CatalogNodes.names(path);
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
            String node = nodes.entry(directory.id(), name);
            if (zooKeeper.exists(node, false) != null) {
              requireDirectory(zooKeeper, node, made, last);
              return List.of();
            }
            String id = UUID.randomUUID().toString();
            List<Op> ops = new ArrayList<>(directory.checks());
            ops.add(CatalogNodes.create(nodes.directory(id), new byte[0]));
            ops.add(CatalogNodes.create(node, new CatalogNodes.Entry(true, id).encode()));
            return ops;
          },
          zooKeeper -> false);
    }
  }

  private static void requireDirectory(ZooKeeper zooKeeper, String node, String path, boolean last)
      throws KeeperException, InterruptedException, IOException {
    if (!CatalogNodes.Entry.decode(zooKeeper.getData(node, false, null)).directory()) {
      throw last ? new FileAlreadyExistsException(path) : new NotDirectoryException(path);
    }
  }

  /**
   * Gives a new log its name.
   *
   * @throws NoSuchFileException if the directory does not exist
   * @throws FileAlreadyExistsException if something stands at {@code path}
   */
  LogRecords.Stored createLog(String path, LogRecord record) throws IOException {
    String id = record.id().toString();
    change(
        "create log " + path,
        zooKeeper -> {
          Directory directory = resolve(zooKeeper, CatalogNodes.parent(path));
          String node = nodes.entry(directory.id(), CatalogNodes.name(path));
          if (zooKeeper.exists(node, false) != null) {
            throw new FileAlreadyExistsException(path);
          }
          owner.requireOwned("create " + path + " in");
          List<Op> ops = new ArrayList<>(directory.checks());
          ops.addAll(owner.checks());
          ops.add(CatalogNodes.create(nodes.log(id), record.encode()));
          ops.add(CatalogNodes.create(node, new CatalogNodes.Entry(false, id).encode()));
          return ops;
        },
        zooKeeper -> zooKeeper.exists(nodes.log(id), false) != null);
    return new LogRecords.Stored(record, 0);
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
          Directory from = resolve(zooKeeper, CatalogNodes.parent(source));
          Directory to = resolve(zooKeeper, CatalogNodes.parent(target));
          String fromNode = nodes.entry(from.id(), CatalogNodes.name(source));
          String toNode = nodes.entry(to.id(), CatalogNodes.name(target));
          if (zooKeeper.exists(toNode, false) != null) {
            throw new FileAlreadyExistsException(target);
          }
          CatalogNodes.Entry entry;
          try {
            entry = CatalogNodes.Entry.decode(zooKeeper.getData(fromNode, false, null));
          } catch (KeeperException.NoNodeException e) {
            throw missing(source, e);
          }
          moved[0] = toNode;
          moved[1] = entry.id();
          List<Op> ops = new ArrayList<>(from.checks());
          ops.addAll(to.checks());
          ops.add(Op.delete(fromNode, -1));
          ops.add(CatalogNodes.create(toNode, entry.encode()));
          if (entry.directory()) {
            Stat stat = new Stat();
            byte[] data = zooKeeper.getData(nodes.directory(entry.id()), false, stat);
            ops.add(Op.setData(nodes.directory(entry.id()), data, stat.getVersion()));
          }
          return ops;
        },
        zooKeeper -> {
          if (moved[0] == null) {
            return false;
          }
          try {
            return CatalogNodes.Entry.decode(zooKeeper.getData(moved[0], false, null))
                .id()
                .equals(moved[1]);
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
          Directory above = resolve(zooKeeper, CatalogNodes.parent(path));
          deleted[0] = nodes.directory(directory.id());
          if (!zooKeeper.getChildren(deleted[0], false).isEmpty()) {
            throw new DirectoryNotEmptyException(path);
          }
          List<Op> ops = new ArrayList<>(directory.checks());
          ops.add(Op.delete(deleted[0], -1));
          ops.add(Op.delete(nodes.entry(above.id(), CatalogNodes.name(path)), -1));
          return ops;
        },
        zooKeeper -> deleted[0] != null && zooKeeper.exists(deleted[0], false) == null);
  }

  /**
   * Takes a log out of the namespace; its record stays in the trash until {@link LogRecords#purge}.
   */
  void deleteLog(String path, LogRecords.Stored log) throws IOException {
    String id = log.record().id().toString();
    change(
        "delete log " + path,
        zooKeeper -> {
          Directory directory = resolve(zooKeeper, CatalogNodes.parent(path));
          List<Op> ops = new ArrayList<>(directory.checks());
          ops.add(Op.delete(nodes.entry(directory.id(), CatalogNodes.name(path)), -1));
          ops.add(Op.delete(nodes.log(id), log.version()));
          ops.add(CatalogNodes.create(nodes.trash(id), log.record().encode()));
          return ops;
        },
        zooKeeper -> zooKeeper.exists(nodes.trash(id), false) != null);
  }

  void setDirectoryModified(String path, long millis) throws IOException {
    change(
        "set the modification time of " + path,
        zooKeeper -> {
          Directory directory = resolve(zooKeeper, path);
          List<Op> ops = new ArrayList<>(directory.checks());
          byte[] data = Long.toString(millis).getBytes(StandardCharsets.UTF_8);
          ops.add(Op.setData(nodes.directory(directory.id()), data, -1));
          return ops;
        },
        zooKeeper -> false);
  }

  /** Looks up a directory, so that {@link Directory#checks} fail if it is somewhere else later. */
  private Directory resolve(ZooKeeper zooKeeper, String path)
      throws KeeperException, InterruptedException, IOException {
    String id = ROOT_DIRECTORY;
    List<Op> checks = new ArrayList<>();
    for (String name : CatalogNodes.names(path)) {
      String node = nodes.entry(id, name);
      try {
        CatalogNodes.Entry entry = CatalogNodes.Entry.decode(zooKeeper.getData(node, false, null));
        if (!entry.directory()) {
          throw new NotDirectoryException(path);
        }
        Stat stat = zooKeeper.exists(nodes.directory(entry.id()), false);
        // Again, so that the version is not one from after a rename.
        if (stat == null
            || !CatalogNodes.Entry.decode(zooKeeper.getData(node, false, null)).equals(entry)) {
          throw new NoSuchFileException(path);
        }
        id = entry.id();
        checks.add(Op.check(nodes.directory(id), stat.getVersion()));
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

  @Override
  public void close() throws IOException {
    session.close();
  }
}
