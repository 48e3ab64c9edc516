package io.breakwater.wal.restart;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.master.region.MasterRegionFactory;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.AbstractFSWALProvider;

/**
 * What a cluster has left below {@code hbase.rootdir} and {@code hbase.wal.dir}. Reads each time it
 * is asked.
 */
final class Remains {

  private static final Pattern CREATED =
      Pattern.compile("\\.(\\d{1,18})(" + AbstractFSWALProvider.META_WAL_PROVIDER_ID + ")?$");

  private final FileSystem rootFiles;
  private final Path root;
  private final FileSystem walFiles;
  private final Path walRoot;

  /** What the cluster that {@code conf} describes has left. */
  Remains(Configuration conf) throws IOException {
    this(
        CommonFSUtils.getRootDirFileSystem(conf),
        CommonFSUtils.getRootDir(conf),
        CommonFSUtils.getWALFileSystem(conf),
        CommonFSUtils.getWALRootDir(conf));
  }

  Remains(FileSystem rootFiles, Path root, FileSystem walFiles, Path walRoot) {
    this.rootFiles = rootFiles;
    this.root = root;
    this.walFiles = walFiles;
    this.walRoot = walRoot;
  }

  FileSystem walFiles() {
    return walFiles;
  }

  Path walRoot() {
    return walRoot;
  }

  /** The directory of the servers' WALs. */
  Path servers() {
    return new Path(walRoot, HConstants.HREGION_LOGDIR_NAME);
  }

  /**
   * Whether the master's local store is there: it knows the servers, hbase:meta's place and what
   * was under way.
   */
  boolean hasMasterStore() throws IOException {
    Path store =
        new Path(
            new Path(root, MasterRegionFactory.MASTER_STORE_DIR),
            new Path(HConstants.BASE_NAMESPACE_DIR, "master/store"));
    for (FileStatus child : list(rootFiles, store)) {
      if (child.isDirectory() && !child.getPath().getName().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /** Whether there has been a cluster: {@code hbase.rootdir} holds hbase:meta. */
  boolean hasMeta() throws IOException {
    return rootFiles.exists(new Path(root, HConstants.BASE_NAMESPACE_DIR + "/hbase/meta"));
  }

  /** The directories of the servers, also those whose recovery has begun. */
  List<Path> serverDirectories() throws IOException {
    List<Path> directories = new ArrayList<>();
    for (FileStatus child : list(walFiles, servers())) {
      if (child.isDirectory()) {
        directories.add(child.getPath());
      }
    }
    return directories;
  }

  /** Every WAL, that of the master's store included, which may still have a writer. */
  List<Path> wals() throws IOException {
    List<Path> wals = new ArrayList<>();
    Path ofMaster =
        new Path(
            new Path(walRoot, MasterRegionFactory.MASTER_STORE_DIR),
            HConstants.HREGION_LOGDIR_NAME);
    for (Path folder : List.of(servers(), ofMaster)) {
      for (FileStatus server : list(walFiles, folder)) {
        for (FileStatus wal : list(walFiles, server.getPath())) {
          if (wal.isFile()) {
            wals.add(wal.getPath());
          }
        }
      }
    }
    return wals;
  }

  /** The youngest WAL of hbase:meta. */
  Optional<Path> newestMetaWal() throws IOException {
    return wals().stream()
        .filter(wal -> AbstractFSWALProvider.isMetaFile(wal))
        .max(Comparator.comparingLong(Remains::created));
  }

  /** The time at the end of a WAL's name, before the suffix of those of hbase:meta. */
  private static long created(Path wal) {
    Matcher name = CREATED.matcher(wal.getName());
    return name.find() ? Long.parseLong(name.group(1)) : 0;
  }

  /** The server whose directory this is, whether its recovery has begun or not. */
  static ServerName server(Path directory) {
    String name = directory.getName();
    return ServerName.parseServerName(
        isSplitting(directory)
            ? name.substring(0, name.length() - AbstractFSWALProvider.SPLITTING_EXT.length())
            : name);
  }

  static boolean isSplitting(Path directory) {
    return directory.getName().endsWith(AbstractFSWALProvider.SPLITTING_EXT);
  }

  private static FileStatus[] list(FileSystem files, Path directory) throws IOException {
    try {
      return files.listStatus(directory);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }
}
