package io.breakwater.lineage.kafka;

import io.breakwater.lineage.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;

/** A Kafka broker that is its own controller, in a process of its own, on the loopback address. */
final class KafkaBroker implements AutoCloseable {

  private final String servers;
  private final ChildJvm process;

  private KafkaBroker(String servers, ChildJvm process) {
    this.servers = servers;
    this.process = process;
  }

  /** Starts a broker with {@code topics} of one partition. */
  static KafkaBroker start(Path directory, String... topics) throws IOException {
    Path logs = Files.createDirectories(directory.resolve("kafka-logs"));
    Files.writeString(
        logs.resolve("meta.properties"),
        "version=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\nnode.id=1\n");
    int port = freePort();
    int controller = freePort();
    Path properties = directory.resolve("server.properties");
    Files.writeString(
        properties,
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        controller.listener.names=CONTROLLER
        log.dirs=%3$s
        offsets.topic.replication.factor=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        """
            .formatted(port, controller, logs));
    ChildJvm process =
        ChildJvm.start(
            directory,
            "kafka",
            System.getProperty("java.class.path"),
            List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
            "kafka.Kafka",
            properties.toString());
    KafkaBroker broker = new KafkaBroker("127.0.0.1:" + port, process);
    try {
      Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> broker.creates(topics));
    } catch (RuntimeException e) {
      String output = process.output();
      broker.close();
      throw new IllegalStateException(output, e);
    }
    return broker;
  }

  private boolean creates(String... topics) throws InterruptedException, ExecutionException {
    if (!process.isAlive()) {
      throw new IllegalStateException("Kafka has ended");
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      List<NewTopic> wanted =
          List.of(topics).stream().map(topic -> new NewTopic(topic, 1, (short) 1)).toList();
      admin.createTopics(wanted).all().get(20, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** The value of {@code kafka.bootstrap.servers}. */
  String servers() {
    return servers;
  }

  @Override
  public void close() {
    process.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
