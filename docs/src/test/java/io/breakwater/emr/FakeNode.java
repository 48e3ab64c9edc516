package io.breakwater.emr;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A directory that is laid out as a node of EMR 7, with the bootstrap action to run on it; and
 * distributions that have everything in them that the bootstrap action looks at, and little else.
 */
final class FakeNode {

  static final Path BOOTSTRAP = Script.EMR.resolve("bootstrap-action.sh");

  private final Path root;
  private final Path packages;

  private FakeNode(Path directory) {
    this.root = directory.resolve("root");
    this.packages = directory.resolve("packages");
  }

  static FakeNode master(Path directory) throws IOException {
    return describedBy(directory, "{\"instanceGroupId\": \"ig-1\", \"isMaster\" : true}");
  }

  static FakeNode core(Path directory) throws IOException {
    return describedBy(directory, "{\n  \"isMaster\": false,\n  \"instanceGroupId\": \"ig-2\"\n}");
  }

  static FakeNode describedBy(Path directory, String instance) throws IOException {
    FakeNode node = new FakeNode(directory);
    for (String made :
        List.of(
            "mnt/var/lib/info",
            "usr/lib/hbase/lib",
            "usr/lib/spark/jars",
            "usr/share/aws/iceberg/lib")) {
      Files.createDirectories(node.root.resolve(made));
    }
    Files.createDirectories(node.packages);
    Files.writeString(node.root.resolve("mnt/var/lib/info/instance.json"), instance);
    Files.writeString(node.hbase("hbase-server-2.6.4.jar"), "host");
    Files.writeString(node.spark("spark-core_2.12-3.5.6.jar"), "host");
    Files.writeString(
        node.root.resolve("usr/share/aws/iceberg/lib/iceberg-spark3-runtime.jar"), "host");
    return node;
  }

  Path root() {
    return root;
  }

  Path hbase(String jar) {
    return root.resolve("usr/lib/hbase/lib").resolve(jar);
  }

  Path spark(String jar) {
    return root.resolve("usr/lib/spark/jars").resolve(jar);
  }

  Path command(String name) {
    return root.resolve("usr/local/bin").resolve(name);
  }

  Path base() {
    return root.resolve("opt/breakwater");
  }

  /** An archive of that version whose jars and commands print it. */
  Path distribution(String version) throws Exception {
    return distribution(version, Map.of());
  }

  /** The same, with other contents of some files after the checksums were made. */
  Path distribution(String version, Map<String, String> changed) throws Exception {
    Path top = packages.resolve("breakwater-" + version);
    Map<String, String> files = new TreeMap<>();
    for (String plugin : List.of("hbase-wal-plugin", "iceberg-maintenance", "spark-listener")) {
      files.put("jars/%s-%s.jar".formatted(plugin, version), plugin + " " + version);
    }
    for (String tool : List.of("breakwater-wal", "breakwater-lineage")) {
      files.put("bin/" + tool, "#!/bin/sh\necho " + tool + " " + version + "\n");
    }
    files.put("LICENSE", "licence");
    StringBuilder sums = new StringBuilder();
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = write(top.resolve(file.getKey()), file.getValue());
      sums.append(sha256(path)).append("  ").append(file.getKey()).append('\n');
    }
    write(top.resolve("SHA256SUMS"), sums.toString());
    for (Map.Entry<String, String> file : changed.entrySet()) {
      write(top.resolve(file.getKey()), file.getValue());
    }
    Path archive = packages.resolve("breakwater-" + version + "-dist.tar.gz");
    Script.run(
            "tar", "-czf", archive.toString(), "-C", packages.toString(), "breakwater-" + version)
        .succeeded();
    return archive;
  }

  Path openLineage() throws IOException {
    return write(packages.resolve("openlineage-spark_2.12-1.53.0.jar"), "OpenLineage");
  }

  private static Path write(Path path, String content) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
    Files.setPosixFilePermissions(
        path,
        PosixFilePermissions.fromString(
            path.getParent().endsWith("bin") ? "rwxr-xr-x" : "rw-r--r--"));
    return path;
  }

  /** The command line that installs an archive with its right checksum. */
  List<String> installing(Path archive, String plugins, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", BOOTSTRAP.toString()));
    command.addAll(List.of("--root", root.toString(), "--plugins", plugins));
    command.addAll(List.of("--source", archive.toString(), "--sha256", sha256(archive)));
    command.addAll(List.of(more));
    return command;
  }

  /** As {@link #installing} all plugins and OpenLineage's jar. */
  List<String> installingAll(Path archive) throws IOException {
    Path jar = openLineage();
    return installing(
        archive, "all", "--openlineage", jar.toString(), "--openlineage-sha256", sha256(jar));
  }

  Script install(List<String> command) throws Exception {
    return Script.run(Map.of(), command);
  }

  static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot digest: every JDK has SHA-256", e);
    }
  }

  /** Every path with its type, permissions and content or target. */
  List<String> tree() throws IOException {
    List<String> tree = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted().toList()) {
        String what;
        if (Files.isSymbolicLink(path)) {
          what = "-> " + Files.readSymbolicLink(path);
        } else {
          what = Files.getAttribute(path, "unix:mode").toString();
          what +=
              Files.isDirectory(path)
                  ? ""
                  : " " + Files.readString(path, StandardCharsets.ISO_8859_1);
        }
        tree.add(root.relativize(path) + " " + what);
      }
    }
    return tree;
  }
}
