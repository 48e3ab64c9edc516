package io.breakwater.wal.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.util.CommonFSUtils;

/** What a cluster has written, seen from outside. */
public final class ClusterFiles {

  private final Path directory;
  private final Configuration site;

  ClusterFiles(Path directory, Configuration site) {
    this.directory = directory;
    this.site = site;
  }

  /** The files that {@code table} was flushed or compacted to; none if it was never flushed. */
  public List<Path> storeFiles(TableName table) throws IOException {
    Path data =
        directory
            .resolve("hfiles/data")
            .resolve(table.getNamespaceAsString())
            .resolve(table.getQualifierAsString());
    int regionFamilyFile = 3;
    try (Stream<Path> files = Files.walk(data, regionFamilyFile)) {
      return files
          .filter(file -> data.relativize(file).getNameCount() == regionFamilyFile)
          .filter(Files::isRegularFile)
          .filter(file -> !file.getParent().getFileName().toString().startsWith("."))
          // Stock HBase keeps the sequence id of a region there.
          .filter(file -> !file.getParent().endsWith("recovered.edits"))
          .toList();
    }
  }

  /** The names of the write-ahead logs that the region servers have now. */
  public List<String> walNames() throws IOException {
    return walNames("WALs");
  }

  /** The names of the write-ahead logs that the master's local store has now. */
  public List<String> masterStoreWalNames() throws IOException {
    return walNames("MasterData/WALs");
  }

  /** Whether the logs of a lost server are being split: its directory was renamed for that. */
  public boolean splitting() throws IOException {
    org.apache.hadoop.fs.Path wals = wals("WALs");
    try (FileSystem fs = FileSystem.newInstance(wals.toUri(), site)) {
      return Stream.of(fs.listStatus(wals))
          .anyMatch(server -> server.getPath().getName().endsWith("-splitting"));
    }
  }

  private org.apache.hadoop.fs.Path wals(String folder) throws IOException {
    return new org.apache.hadoop.fs.Path(CommonFSUtils.getWALRootDir(site), folder);
  }

  private List<String> walNames(String folder) throws IOException {
    org.apache.hadoop.fs.Path wals = wals(folder);
    List<String> names = new ArrayList<>();
    // Not a cached one, whose workspace is that of an earlier cluster.
    try (FileSystem fs = FileSystem.newInstance(wals.toUri(), site)) {
      for (FileStatus server : fs.listStatus(wals)) {
        for (FileStatus wal : fs.listStatus(server.getPath())) {
          names.add(wal.getPath().getName());
        }
      }
    }
    return names;
  }
}
