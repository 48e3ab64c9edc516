package io.breakwater.iceberg.catalog;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.awaitility.Awaitility;

/** An S3 server over a directory: S3Proxy in a process of its own, on the loopback address. */
final class S3Server implements AutoCloseable {
  private static final Path JAR = Path.of(System.getProperty("breakwater.s3proxy.jar"));
  private static final String BUCKET = "lake";
  private static final String KEY = "local-access-key";
  private static final String SECRET = "local-secret-key";

  private final int port;
  private final Process process;

  private S3Server(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Starts a server with one empty bucket. */
  static S3Server start(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("buckets").resolve(BUCKET));
    int port = freePort();
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
            .formatted(port, KEY, SECRET, directory.resolve("buckets")));
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
            .redirectOutput(directory.resolve("s3proxy.log").toFile())
            .start();
    S3Server server = new S3Server(port, process);
    try {
      Awaitility.await().atMost(Duration.ofMinutes(2)).until(server::answers);
    } catch (RuntimeException e) {
      server.close();
      throw new IllegalStateException(Files.readString(directory.resolve("s3proxy.log")), e);
    }
    return server;
  }

  String warehouse() {
    return "s3://" + BUCKET + "/warehouse";
  }

  /** What a catalog has to know to keep its tables here. */
  Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("io-impl", "org.apache.iceberg.aws.s3.S3FileIO");
    properties.put("s3.endpoint", "http://127.0.0.1:" + port);
    properties.put("s3.path-style-access", "true");
    properties.put("s3.access-key-id", KEY);
    properties.put("s3.secret-access-key", SECRET);
    properties.put("client.region", "us-east-1");
    return properties;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
