package io.breakwater.wal.hbase;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.DatanodeReportType;

/** HDFS with a name node and three data nodes. */
final class DataNodes implements Storage {

  private static final int COUNT = 3;

  private static final String HOST = "127.0.0.1";

  /** Where clients are sent if the way to the data nodes is to be longer; they use HOST. */
  private static final String PROXY_HOST = "127.0.0.2";

  private final List<ServerProcess> processes = new ArrayList<>();
  private final List<DelayProxy> proxies = new ArrayList<>();
  private final URI uri;

  /** Starts them below {@code directory}, {@code roundTripMicros} farther from their clients. */
  static DataNodes start(Path directory, long roundTripMicros)
      throws IOException, InterruptedException {
    DataNodes started = new DataNodes();
    try {
      started.startAll(directory, roundTripMicros);
      return started;
    } catch (IOException | InterruptedException | RuntimeException e) {
      started.close();
      throw e;
    }
  }

  private DataNodes() {
    this.uri = URI.create("hdfs://" + HOST + ":" + ServerProcess.freePort());
  }

  private void startAll(Path directory, long roundTripMicros)
      throws IOException, InterruptedException {
    Path nameNode = Files.createDirectories(directory.resolve("namenode"));
    Configuration conf = new Configuration(false);
    conf.set("fs.defaultFS", uri.toString());
    conf.set("dfs.namenode.name.dir", nameNode.resolve("data").toUri().toString());
    conf.set("dfs.namenode.http-address", HOST + ":0");
    conf.set("dfs.permissions.enabled", "false");
    conf.set("dfs.namenode.datanode.registration.ip-hostname-check", "false");
    conf.set("dfs.namenode.redundancy.considerLoad", "false");
    write(conf, nameNode);
    String main = "org.apache.hadoop.hdfs.server.namenode.NameNode";
    ServerProcess.start("format", nameNode, List.of(), main, "-format", "-nonInteractive")
        .awaitOutput(Duration.ofMinutes(1));
    processes.add(
        ServerProcess.start("namenode", nameNode, List.of("-Xmx256m"), main)
            .awaitPort(HOST, uri.getPort()));
    for (int i = 1; i <= COUNT; i++) {
      Path dataNode = Files.createDirectories(directory.resolve("datanode-" + i));
      int port = ServerProcess.freePort();
      Configuration own = new Configuration(conf);
      own.set("dfs.datanode.data.dir", dataNode.resolve("data").toUri().toString());
      own.set("dfs.datanode.address", HOST + ":" + port);
      own.set("dfs.datanode.ipc.address", HOST + ":0");
      own.set("dfs.datanode.http.address", HOST + ":0");
      own.set("dfs.datanode.hostname", roundTripMicros > 0 ? PROXY_HOST : HOST);
      write(own, dataNode);
      processes.add(
          ServerProcess.start(
                  "datanode",
                  dataNode,
                  List.of("-Xmx400m"),
                  "org.apache.hadoop.hdfs.server.datanode.DataNode")
              .awaitPort(HOST, port));
      if (roundTripMicros > 0) {
        proxies.add(new DelayProxy(PROXY_HOST, HOST, port, roundTripMicros));
      }
    }
    awaitLive();
  }

  private static void write(Configuration conf, Path directory) throws IOException {
    // The pages of the servers are not in Hadoop's jars, but have to be somewhere.
    for (String page : List.of("hdfs", "datanode", "static")) {
      Files.createDirectories(directory.resolve("webapps").resolve(page));
    }
    // In both, since the defaults of HDFS override what core-site.xml says of it.
    for (String file : List.of("core-site.xml", "hdfs-site.xml")) {
      Configurations.write(conf, directory.resolve(file));
    }
  }

  private void awaitLive() throws IOException, InterruptedException {
    Configuration conf = new Configuration();
    try (FileSystem fs = FileSystem.newInstance(uri, conf)) {
      while (((DistributedFileSystem) fs).getDataNodeStats(DatanodeReportType.LIVE).length
          < COUNT) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  @Override
  public Map<String, String> configuration() {
    return Map.of(
        "fs.defaultFS",
        uri.toString(),
        "hbase.rootdir",
        uri + "/hbase",
        "dfs.client.use.datanode.hostname",
        "true");
  }

  @Override
  public String directoryOfLogs(String run) {
    return "hbase.wal.dir=" + uri + "/" + run;
  }

  @Override
  public List<String> jvmArguments() {
    return List.of();
  }

  @Override
  public Duration processorTime() {
    return processes.stream()
        .map(ServerProcess::processorTime)
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  public void close() throws IOException {
    processes.forEach(ServerProcess::close);
    for (DelayProxy proxy : proxies) {
      proxy.close();
    }
  }
}
