package io.breakwater.wal.fs;

import static io.breakwater.wal.fs.Errors.translated;

import io.breakwater.wal.config.WalConfig;
import io.breakwater.wal.config.WalKeys;
import io.breakwater.wal.config.Workspaces;
import io.breakwater.wal.log.LogNotRecoveredException;
import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BufferedFSInputStream;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A workspace as a Hadoop file system: {@code bwal://workspace/path}. Each file is a log.
 *
 * <p>What HBase relies on, as on HDFS: a file cannot be created in a directory that was renamed
 * away ({@link #createNonRecursive}); a rename is atomic and moves into an existing directory;
 * {@link #recoverLease} fences the writer, in whatever process it is. Reading a log whose writer
 * may still be alive after its directory was taken over is an error that no caller can take for the
 * end of the file.
 *
 * <p>Not kept: owners, permissions, access times, replication, block sizes; setting them does
 * nothing. Append to an existing file, truncate and concat are unsupported. Overwriting and
 * recursive deletion are not atomic.
 */
public final class BwalFileSystem extends FileSystem implements LeaseRecoverable {

  /** The scheme of this file system's paths. */
  public static final String SCHEME = "bwal";

  private static final Logger LOG = LoggerFactory.getLogger(BwalFileSystem.class);

  /** HBase derives from it when to roll a log; that of HDFS, so that it rolls as there. */
  private static final long BLOCK_SIZE = 128L << 20;

  private static final int READ_BUFFER = 64 << 10;

  private URI uri;
  private Workspace workspace;
  private Namespace names;
  private Optional<StockWals> stock = Optional.empty();
  private boolean recoverOnOpen;
  private Path workingDirectory;

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    if (name.getAuthority() == null) {
      throw new IOException(
          "Cannot open " + name + ": it names no workspace, must be bwal://<workspace>/...");
    }
    super.initialize(name, conf);
    setConf(conf);
    workspace = Workspaces.open(name.getAuthority(), conf);
    names = new Namespace(workspace);
    stock = StockWals.of(conf, workspace);
    recoverOnOpen = WalConfig.of(conf).get(WalKeys.RECOVER_ON_OPEN);
    uri = URI.create(SCHEME + "://" + name.getAuthority());
    workingDirectory = getHomeDirectory();
  }

  /** The workspace behind this file system, shared by all of this process. */
  public Workspace workspace() {
    return workspace;
  }

  /** The path in its workspace of an absolute path of this file system. */
  public static String pathInWorkspace(Path path) {
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("Invalid path: " + path + ", must be absolute");
    }
    return path.toUri().getPath();
  }

  /** Whether a new log at {@code path} belongs into the WAL root that the cluster had before. */
  public boolean writesToStock(Path path) {
    return stock.isPresent() && stock.get().writes(local(path));
  }

  /**
   * The names of the servers that have logs in the WAL root that the cluster had before, and are
   * not being recovered; none if the cluster does not move.
   */
  public List<String> stockServers() throws IOException {
    return stock.isPresent() ? stock.get().servers() : List.of();
  }

  private String local(Path path) {
    if (stock.isPresent() && stock.get().owns(path)) {
      return stock.get().local(path);
    }
    checkPath(path);
    return pathInWorkspace(makeQualified(path));
  }

  private Optional<Path> elsewhere(String file) throws IOException {
    return stock.isPresent() ? stock.get().holding(file) : Optional.empty();
  }

  private Path global(String path) {
    return new Path(SCHEME, uri.getAuthority(), path);
  }

  @Override
  public URI getUri() {
    return uri;
  }

  @Override
  public Path getWorkingDirectory() {
    return workingDirectory;
  }

  @Override
  public void setWorkingDirectory(Path directory) {
    workingDirectory = makeQualified(directory);
  }

  /** Null: there are no delegation tokens. */
  @Override
  public String getCanonicalServiceName() {
    return null;
  }

  @Override
  @SuppressWarnings("deprecation") // The one that the defaults of FileSystem call.
  public long getDefaultBlockSize() {
    return BLOCK_SIZE;
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) throws IOException {
    return capability.equals(CommonPathCapabilities.LEASE_RECOVERABLE)
        || super.hasPathCapability(path, capability);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    String file = local(path);
    Optional<Path> there = elsewhere(file);
    if (there.isPresent()) {
      return stock.get().fs().open(there.get(), bufferSize);
    }
    LogReader reader =
        translated(
            "open",
            path,
            () -> {
              try {
                return openLog(file);
              } catch (IOException e) {
                requireLog("open", path, file);
                throw e;
              }
            });
    return new FSDataInputStream(
        new BufferedFSInputStream(new LogInputStream(reader, statistics), READ_BUFFER));
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    String file = local(path);
    return translated(
        "create",
        path,
        () -> {
          if (!file.equals("/")) {
            createDirectories(Namespace.parent(file));
          }
          return create(path, file, overwrite);
        });
  }

  @Override
  @SuppressWarnings("deprecation") // The one that HBase and FileSystem.createFile call.
  public FSDataOutputStream createNonRecursive(
      Path path,
      FsPermission permission,
      EnumSet<CreateFlag> flags,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    if (flags.contains(CreateFlag.APPEND)) {
      throw appendUnsupported(path);
    }
    String file = local(path);
    return translated(
        "create", path, () -> create(path, file, flags.contains(CreateFlag.OVERWRITE)));
  }

  private FSDataOutputStream create(Path path, String file, boolean overwrite) throws IOException {
    Optional<FileStatus> present = status(file);
    if (present.isPresent()) {
      if (present.get().isDirectory()) {
        throw Errors.exists("create", path, "a directory of that name exists");
      }
      if (!overwrite) {
        throw Errors.exists("create", path, "the file exists");
      }
      delete(file, false);
    }
    if (stock.isPresent()) {
      if (stock.get().writes(file)) {
        return createInStock(stock.get().toCreate(file));
      }
      stock.get().prepareParent(file, false);
    }
    return new FSDataOutputStream(new LogOutputStream(path, workspace.create(file)), statistics);
  }

  @SuppressWarnings("deprecation") // The only one that needs the directory to be there.
  private FSDataOutputStream createInStock(Path there) throws IOException {
    FileSystem fs = stock.orElseThrow().fs();
    return fs.createNonRecursive(
        there,
        false,
        fs.getConf().getInt("io.file.buffer.size", 4096),
        fs.getDefaultReplication(there),
        fs.getDefaultBlockSize(there),
        null);
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
    throw appendUnsupported(path);
  }

  private static UnsupportedOperationException appendUnsupported(Path path) {
    return new UnsupportedOperationException(
        Errors.message("append to", path, "a log that was closed stays as it is"));
  }

  /**
   * Renames as HDFS does: into {@code target} if that is a directory. False, with the reason in the
   * log, if there is no {@code source}, no directory to rename into, or something at the target.
   */
  @Override
  public boolean rename(Path source, Path target) throws IOException {
    String from = local(source);
    String to = local(target);
    return translated(
        "rename",
        source,
        () -> stock.isPresent() ? stock.get().rename(from, to, names) : names.rename(from, to));
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    String file = local(path);
    return translated("delete", path, () -> delete(file, recursive));
  }

  private boolean delete(String file, boolean recursive) throws IOException {
    if (stock.isEmpty()) {
      return names.delete(file, recursive);
    }
    List<FileStatus> there = stock.get().list(file);
    if (!recursive && !there.isEmpty() && stock.get().status(file).get().isDirectory()) {
      throw new DirectoryNotEmptyException(file);
    }
    boolean deleted = names.delete(file, recursive);
    return stock.get().delete(file, recursive) || deleted;
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    String file = local(path);
    return translated(
        "list",
        path,
        () -> {
          FileStatus status = require("list", path, file);
          if (status.isFile()) {
            return new FileStatus[] {status};
          }
          return listDirectory(file).toArray(FileStatus[]::new);
        });
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    String file = local(path);
    return translated("get the status of", path, () -> require("get the status of", path, file));
  }

  /** The children in the workspace and those that only the other root has, by name. */
  private List<FileStatus> listDirectory(String file) throws IOException {
    Map<Path, FileStatus> children = new TreeMap<>();
    if (stock.isPresent()) {
      for (FileStatus child : stock.get().list(file)) {
        FileStatus status = inStock(child);
        children.put(status.getPath(), status);
      }
    }
    if (workspace.status(file).isPresent()) {
      for (PathStatus child : workspace.list(file)) {
        children.put(global(child.path()), fileStatus(child));
      }
    }
    return List.copyOf(children.values());
  }

  private FileStatus inStock(FileStatus status) {
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        status.getReplication(),
        status.getBlockSize(),
        status.getModificationTime(),
        global(stock.orElseThrow().local(status.getPath())));
  }

  private FileStatus fileStatus(PathStatus status) {
    return new FileStatus(
        status.length(),
        status.directory(),
        1,
        status.directory() ? 0 : BLOCK_SIZE,
        status.modificationTime(),
        global(status.path()));
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    String directory = local(path);
    return translated(
        "make the directory",
        path,
        () -> {
          createDirectories(directory);
          return true;
        });
  }

  private void createDirectories(String directory) throws IOException {
    if (stock.isPresent() && stock.get().writes(directory)) {
      stock.get().createDirectories(directory);
    } else {
      workspace.createDirectories(directory);
    }
  }

  /** Sets the modification time, durably; -1 leaves it. Access times are not kept. */
  @Override
  public void setTimes(Path path, long modificationTime, long accessTime) throws IOException {
    String file = local(path);
    Optional<Path> there = elsewhere(file);
    if (there.isPresent()) {
      stock.get().fs().setTimes(there.get(), modificationTime, -1);
      return;
    }
    translated(
        "set the times of",
        path,
        () -> {
          require("set the times of", path, file);
          if (modificationTime != -1) {
            workspace.setModificationTime(file, modificationTime);
          }
          return true;
        });
  }

  /**
   * Fences whoever writes the file and makes its length final.
   *
   * @return true: the file is closed when this method returns
   */
  @Override
  public boolean recoverLease(Path path) throws IOException {
    String file = local(path);
    Optional<Path> there = elsewhere(file);
    if (there.isPresent()) {
      return stock.get().recoverLease(there.get());
    }
    return translated(
        "recover the lease of",
        path,
        () -> {
          try {
            long length = workspace.recover(file);
            LOG.info("Recovered {}: its writer is fenced, its length is {}", path, length);
            return true;
          } catch (IOException e) {
            requireLog("recover the lease of", path, file);
            throw e;
          }
        });
  }

  @Override
  public boolean isFileClosed(Path path) throws IOException {
    String file = local(path);
    Optional<Path> there = elsewhere(file);
    if (there.isPresent()) {
      return stock.get().isFileClosed(there.get());
    }
    return translated("check", path, () -> requireLog("check", path, file).sealed());
  }

  private LogReader openLog(String file) throws IOException {
    try {
      return workspace.open(file);
    } catch (LogNotRecoveredException e) {
      if (!recoverOnOpen) {
        throw e;
      }
      long length = workspace.recover(file);
      LOG.info("Recovered {} to open it: its writer is fenced, its length is {}", file, length);
      return workspace.open(file);
    }
  }

  /** HBase 2.5 takes the length before it opens the file, and reads no further. */
  private Optional<PathStatus> finalStatus(String file) throws IOException {
    Optional<PathStatus> status = workspace.status(file);
    if (recoverOnOpen
        && status.isPresent()
        && !status.get().directory()
        && !status.get().sealed()) {
      openLog(file).close();
      return workspace.status(file);
    }
    return status;
  }

  private Optional<FileStatus> status(String file) throws IOException {
    Optional<FileStatus> here = finalStatus(file).map(this::fileStatus);
    return here.isPresent() || stock.isEmpty() ? here : stock.get().status(file).map(this::inStock);
  }

  private FileStatus require(String what, Path path, String file) throws IOException {
    return status(file).orElseThrow(() -> Errors.notFound(what, path, "File does not exist"));
  }

  private PathStatus requireLog(String what, Path path, String file) throws IOException {
    PathStatus status =
        workspace
            .status(file)
            .orElseThrow(() -> Errors.notFound(what, path, "File does not exist"));
    if (status.directory()) {
      throw Errors.notFound(what, path, "Path is not a file");
    }
    return status;
  }
}
