package io.breakwater.wal.fs;

import io.breakwater.wal.config.WalConfig;
import io.breakwater.wal.config.WalKeys;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;

/**
 * The WAL root that a cluster had before its logs were in a workspace, laid under the workspace for
 * as long as the cluster moves: what stands in one of the two is seen, and stays where it is when
 * it is renamed; what stands in both as a directory is seen as the union. Where new files go is
 * configured.
 *
 * <p>Only what HBase keeps for its WALs is laid under: the logs, and what splitting makes of them.
 * The other root may be {@code hbase.rootdir}, and HFiles are never touched from here.
 */
final class StockWals {

  private static final Pattern SERVER = Pattern.compile("(MasterData/)?WALs/[^/]+");

  private static final Pattern COVERED =
      Pattern.compile(
          "(MasterData/)?(WALs|oldWALs|corrupt)(/.*)?"
              + "|(MasterData/)?data/[^/]+/[^/]+/[^/]+/recovered\\.(edits|wals)(/.*)?");

  private final Workspace workspace;
  private final String root;
  private final Path stockRoot;
  private final FileSystem fs;
  private final boolean writesToStock;

  private StockWals(
      Workspace workspace, String root, Path stockRoot, FileSystem fs, boolean writesToStock) {
    this.workspace = workspace;
    this.root = root;
    this.stockRoot = stockRoot;
    this.fs = fs;
    this.writesToStock = writesToStock;
  }

  /** What {@code conf} says to lay under {@code workspace}, if the cluster moves. */
  static Optional<StockWals> of(Configuration conf, Workspace workspace) throws IOException {
    WalConfig config = WalConfig.of(conf);
    String directory = config.get(WalKeys.MOVE_STOCK_WAL_DIR);
    if (directory.isEmpty()) {
      return Optional.empty();
    }
    Path stockRoot = new Path(directory);
    FileSystem fs = stockRoot.getFileSystem(conf);
    String walDir = conf.get("hbase.wal.dir", "");
    if (!walDir.startsWith(BwalFileSystem.SCHEME + "://")) {
      throw new IOException(
          "Invalid hbase.wal.dir: "
              + walDir
              + ", must be bwal://<workspace>/<directory> with "
              + WalKeys.MOVE_STOCK_WAL_DIR.name());
    }
    // The master's store uses a copy of the configuration with a directory of its own below.
    String root = new Path(walDir).toUri().getPath().replaceFirst("/MasterData$", "");
    return Optional.of(
        new StockWals(
            workspace,
            root,
            fs.makeQualified(stockRoot),
            fs,
            config.get(WalKeys.MOVE_WRITE_TO).equals(WalKeys.STOCK)));
  }

  FileSystem fs() {
    return fs;
  }

  /** Whether {@code path} is one of the other root, as a server that has not moved gives it. */
  boolean owns(Path path) {
    return path.toUri().getScheme() != null
        && path.toUri().getScheme().equals(stockRoot.toUri().getScheme())
        && fs.makeQualified(path).toString().startsWith(stockRoot + Path.SEPARATOR);
  }

  /** The path in the workspace of what stands at {@code path} in the other root. */
  String local(Path path) {
    return root + fs.makeQualified(path).toString().substring(stockRoot.toString().length());
  }

  /** Whether a new file at {@code file} belongs into the other root. */
  boolean writes(String file) {
    return writesToStock && counterpart(file).isPresent();
  }

  /** The place of {@code file} in the other root, if it is one that the two share. */
  private Optional<Path> counterpart(String file) {
    if (!file.startsWith(root + "/")) {
      return Optional.empty();
    }
    String relative = file.substring(root.length() + 1);
    return COVERED.matcher(relative).matches()
        ? Optional.of(new Path(stockRoot, relative))
        : Optional.empty();
  }

  private Path required(String what, String file) throws IOException {
    return counterpart(file)
        .orElseThrow(
            () ->
                new IOException(
                    "Cannot "
                        + what
                        + " "
                        + file
                        + ": it is not a place of WALs, and "
                        + stockRoot
                        + " is used for those alone"));
  }

  /** The status in the other root, whatever the workspace has. */
  Optional<FileStatus> status(String file) throws IOException {
    Optional<Path> there = counterpart(file);
    if (there.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(fs.getFileStatus(there.get()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** The path in the other root of what is there and not in the workspace. */
  Optional<Path> holding(String file) throws IOException {
    return workspace.status(file).isPresent()
        ? Optional.empty()
        : status(file).map(FileStatus::getPath);
  }

  private boolean isDirectory(String file) throws IOException {
    return workspace.status(file).map(PathStatus::directory).orElse(false)
        || status(file).map(FileStatus::isDirectory).orElse(false);
  }

  /**
   * What the directory has in the other root; nothing if it is not there.
   *
   * @throws IOException if a file in it stands in the workspace too
   */
  List<FileStatus> list(String directory) throws IOException {
    Optional<FileStatus> there = status(directory);
    List<FileStatus> found = new ArrayList<>();
    if (there.isPresent() && there.get().isDirectory()) {
      for (FileStatus child : fs.listStatus(there.get().getPath())) {
        String name = directory + "/" + child.getPath().getName();
        if (child.isFile() && workspace.status(name).isPresent()) {
          throw new IOException(
              "Cannot list "
                  + directory
                  + ": "
                  + child.getPath()
                  + " is in workspace "
                  + workspace.name()
                  + " too; move one of them away");
        }
        found.add(child);
      }
    }
    return found;
  }

  /** The names of the servers that have logs in the other root and are not being recovered. */
  List<String> servers() throws IOException {
    List<String> names = new ArrayList<>();
    for (String logs : List.of("WALs", "MasterData/WALs")) {
      for (FileStatus server : list(root + "/" + logs)) {
        String name = server.getPath().getName();
        if (!name.endsWith("-splitting") && !name.endsWith("-dead")) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /** Makes a directory in the root to which new files go. */
  void createDirectories(String directory) throws IOException {
    Path there = required("make", directory);
    if (!fs.mkdirs(there)) {
      throw new IOException("Cannot make " + there + ": its file system did not say why");
    }
  }

  /**
   * Makes sure that the directory of a file which is about to be made in one root is there, if it
   * is in the other. Not a server's: that such a directory is gone is how the server is fenced.
   */
  void prepareParent(String file, boolean inStock) throws IOException {
    String parent = Namespace.parent(file);
    if (counterpart(parent).isEmpty()
        || SERVER.matcher(parent.substring(root.length() + 1)).matches()) {
      return;
    }
    if (inStock && status(parent).isEmpty() && isDirectory(parent)) {
      createDirectories(parent);
    } else if (!inStock && workspace.status(parent).isEmpty() && isDirectory(parent)) {
      workspace.createDirectories(parent);
    }
  }

  /**
   * The path in the other root for a new file.
   *
   * @throws FileNotFoundException if its directory is gone; HDFS sees to that itself when it makes
   *     the file, a local file system does not
   */
  Path toCreate(String file) throws IOException {
    prepareParent(file, true);
    Path there = required("create", file);
    if (!fs.exists(there.getParent())) {
      throw Errors.notFound("create", there, "its directory does not exist");
    }
    return there;
  }

  /**
   * Renames in whichever root has {@code source}; false if the target is taken in one of them.
   *
   * @throws IOException if it is a directory that is in both, which cannot be renamed at once
   */
  boolean rename(String source, String target, Namespace names) throws IOException {
    Optional<FileStatus> there = status(source);
    Optional<PathStatus> here = workspace.status(source);
    if (there.isPresent() && here.isPresent()) {
      throw new IOException(
          "Cannot rename "
              + source
              + ": it is in workspace "
              + workspace.name()
              + " and in "
              + stockRoot
              + "; move one of them away");
    }
    String to = isDirectory(target) ? target + source.substring(source.lastIndexOf('/')) : target;
    if (there.isEmpty()) {
      prepareParent(to, false);
      return status(to).isEmpty() && names.rename(source, to);
    }
    prepareParent(to, true);
    return workspace.status(to).isEmpty()
        && status(to).isEmpty()
        && fs.rename(there.get().getPath(), required("rename to", to));
  }

  boolean delete(String file, boolean recursive) throws IOException {
    Optional<FileStatus> there = status(file);
    return there.isPresent() && fs.delete(there.get().getPath(), recursive);
  }

  /** As HBase recovers leases itself: a file system without leases has none to recover. */
  boolean recoverLease(Path there) throws IOException {
    return !(raw() instanceof LeaseRecoverable leases) || leases.recoverLease(there);
  }

  boolean isFileClosed(Path there) throws IOException {
    return !(raw() instanceof LeaseRecoverable leases) || leases.isFileClosed(there);
  }

  private FileSystem raw() {
    FileSystem raw = fs;
    while (raw instanceof FilterFileSystem filter) {
      raw = filter.getRawFileSystem();
    }
    return raw;
  }
}
