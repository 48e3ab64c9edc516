package io.breakwater.lineage.archive;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.awaitility.Awaitility;

/** An S3 server over a directory: S3Proxy in a process of its own, on the loopback address. */
final class S3Server implements AutoCloseable {

  private static final Path JAR = Path.of(System.getProperty("breakwater.s3proxy.jar"));
  private static final String BUCKET = "lake";
  private static final String KEY = "local-access-key";
  private static final String SECRET = "local-secret-key";

  private final Path bucket;
  private final int port;
  private final Process process;

  private S3Server(Path bucket, int port, Process process) {
    this.bucket = bucket;
    this.port = port;
    this.process = process;
  }

  /** Starts a server with one empty bucket. */
  static S3Server start(Path directory) throws IOException {
    Path bucket = Files.createDirectories(directory.resolve("buckets").resolve(BUCKET));
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path properties = directory.resolve("s3proxy.properties");
    Files.writeString(
        properties,
        """
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=filesystem-nio2
        jclouds.filesystem.basedir=%s
        """
            .formatted(port, KEY, SECRET, bucket.getParent()));
    Path log = directory.resolve("s3proxy.log");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m",
                "-DLOG_LEVEL=warn",
                "-jar",
                JAR.toString(),
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    S3Server server = new S3Server(bucket, port, process);
    try {
      Awaitility.await().atMost(Duration.ofMinutes(2)).until(server::answers);
    } catch (RuntimeException e) {
      server.close();
      throw new IllegalStateException(Files.readString(log), e);
    }
    return server;
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new IllegalStateException("S3Proxy ended with " + process.exitValue());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** A path in the bucket. */
  URI path(String name) {
    return URI.create("s3a://" + BUCKET + "/" + name);
  }

  /** How to get there through S3A, with {@code secret} for the key. */
  Configuration configuration(String secret) {
    Configuration configuration = new Configuration();
    configuration.set("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    configuration.set("fs.s3a.endpoint.region", "us-east-1");
    configuration.setBoolean("fs.s3a.path.style.access", true);
    configuration.setBoolean("fs.s3a.connection.ssl.enabled", false);
    configuration.set("fs.s3a.access.key", KEY);
    configuration.set("fs.s3a.secret.key", secret);
    configuration.setInt("fs.s3a.attempts.maximum", 1);
    configuration.setInt("fs.s3a.retry.limit", 1);
    // One connection to the server per test, not one for the process.
    configuration.setBoolean("fs.s3a.impl.disable.cache", true);
    return configuration;
  }

  /** How to get there. */
  Configuration configuration() {
    return configuration(SECRET);
  }

  /** The keys of all objects, but those that stand for directories. */
  List<String> objects() throws IOException {
    try (Stream<Path> files = Files.walk(bucket)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> bucket.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
