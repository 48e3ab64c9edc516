package io.breakwater.wal.replication;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.AbstractFSWALProvider;

/**
 * The logs with the rows of users that a cluster has left, each under the server whose queue is to
 * have it: its own if that died with logs, else, for one that is archived, any of those that did,
 * since HBase looks for a queue's logs among the archived ones first.
 */
record LeftLogs(Map<ServerName, List<String>> byServer, boolean claimedByMaster) {

  private static final Pattern OWNER = Pattern.compile("([^,]+,\\d+,\\d+)\\.");

  static LeftLogs below(Path walRoot, FileSystem fs) throws IOException {
    Map<ServerName, List<String>> byServer = new TreeMap<>();
    for (FileStatus directory : list(fs, new Path(walRoot, HConstants.HREGION_LOGDIR_NAME))) {
      ServerName server =
          AbstractFSWALProvider.getServerNameFromWALDirectoryName(directory.getPath());
      if (server == null || !directory.isDirectory()) {
        throw new IOException(
            "Cannot tell whose logs are in "
                + directory.getPath()
                + ": it is not named after a server; move it away");
      }
      List<String> logs = byServer.computeIfAbsent(server, s -> new ArrayList<>());
      addNames(logs, list(fs, directory.getPath()));
    }
    List<String> archived = archived(walRoot, fs);
    boolean claimed = !byServer.isEmpty();
    for (String log : archived) {
      ServerName own = owner(log);
      ServerName server =
          byServer.containsKey(own) || !claimed ? own : byServer.keySet().iterator().next();
      byServer.computeIfAbsent(server, s -> new ArrayList<>()).add(log);
    }
    return new LeftLogs(byServer, claimed);
  }

  int count() {
    return byServer.values().stream().mapToInt(List::size).sum();
  }

  /** HBase may keep archived logs in a directory for each server. */
  private static List<String> archived(Path walRoot, FileSystem fs) throws IOException {
    List<String> names = new ArrayList<>();
    Path archive = new Path(walRoot, HConstants.HREGION_OLDLOGDIR_NAME);
    for (FileStatus status : list(fs, archive)) {
      addNames(names, status.isDirectory() ? list(fs, status.getPath()) : List.of(status));
    }
    return names;
  }

  private static void addNames(List<String> names, List<FileStatus> files) {
    for (FileStatus file : files) {
      String name = file.getPath().getName();
      // The other logs there are of hbase:meta and of the master's store.
      if (file.isFile()
          && AbstractFSWALProvider.validateWALFilename(name)
          && !AbstractFSWALProvider.isMetaFile(name)) {
        names.add(name);
      }
    }
  }

  private static ServerName owner(String log) throws IOException {
    Matcher name = OWNER.matcher(URLDecoder.decode(log, StandardCharsets.UTF_8));
    if (!name.lookingAt()) {
      throw new IOException(
          "Cannot tell whose log " + log + " is: its name has no server's name; move it away");
    }
    return ServerName.valueOf(name.group(1));
  }

  private static List<FileStatus> list(FileSystem fs, Path directory) throws IOException {
    try {
      FileStatus[] found = CommonFSUtils.listStatus(fs, directory);
      return found == null ? List.of() : List.of(found);
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }
}
