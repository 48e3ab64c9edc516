package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogCorruptException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;

/**
 * Where the things of a workspace are in ZooKeeper:
 *
 * <pre>
 * BASE             "breakwater-workspace 1"
 * BASE/dirs/ID     a directory; its data is its modification time if that was set
 * BASE/dirs/ID/N   an entry of it: "dir ID" or "log ID"; N is its name, escaped
 * BASE/logs/ID     a log ({@link LogRecord})
 * BASE/trash/ID    a deleted log whose ledgers may still be there
 * </pre>
 *
 * @param base the workspace's own node
 */
record CatalogNodes(String base) {

  /** What an entry of a directory names. */
  record Entry(boolean directory, String id) {
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

  static Op create(String node, byte[] data) {
    return Op.create(node, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
  }

  String directory(String id) {
    return base + "/dirs/" + id;
  }

  String entry(String directoryId, String name) {
    return directory(directoryId) + "/" + escape(name);
  }

  String log(String id) {
    return base + "/logs/" + id;
  }

  String trash(String id) {
    return base + "/trash/" + id;
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

  /** The name behind the node of an entry. */
  static String unescape(String node) {
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

  /** The directory of a path. */
  static String parent(String path) {
    return path.substring(0, Math.max(1, path.lastIndexOf('/')));
  }

  /** The last name of a path. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** All names of a path. */
  static List<String> names(String path) {
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
}
