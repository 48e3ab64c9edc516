package io.breakwater.lineage.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import io.breakwater.lineage.SampleEvent;
import io.breakwater.lineage.events.EventStage;
import io.breakwater.lineage.events.EventStageOptions;
import io.breakwater.lineage.events.StageCounters;
import io.breakwater.lineage.spool.Spool;
import io.breakwater.lineage.spool.SpoolOptions;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.transports.FileConfig;
import io.openlineage.client.transports.FileTransport;
import io.openlineage.client.transports.HttpConfig;
import io.openlineage.client.transports.HttpTransport;
import io.openlineage.client.transports.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * How long is the listener's thread held for a burst of 100 events of about 4 KB, as the end of a
 * query makes them? Ours leaves them to the stage, which encodes them and gives them to the spool,
 * which has them on disk afterwards; the stock ways write a file (without forcing it) or post to a
 * server on loopback that answers at once. The floor encodes only.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 100)
@Measurement(iterations = 200)
@Fork(value = 3, jvmArgsAppend = "-Xmx1g")
public class EmitBenchmark {

  private static final int EVENTS = 100;

  /** Ours, the stock transports, and no transport. */
  public enum Contender {
    BREAKWATER,
    STOCK_FILE,
    STOCK_HTTP,
    FLOOR
  }

  @Param public Contender contender;

  private final List<OpenLineage.RunEvent> events =
      IntStream.range(0, EVENTS).mapToObj(SampleEvent::of).toList();
  private Path directory;
  private Spool spool;
  private EventStage stage;
  private HttpServer server;
  private Transport transport;

  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = Files.createTempDirectory("emit-benchmark");
    switch (contender) {
      case BREAKWATER -> {
        spool =
            Spool.open(
                directory,
                SpoolOptions.defaults(),
                damage -> {
                  throw new IllegalStateException(damage.toString());
                });
        stage =
            EventStage.open(
                "benchmark", EventStageOptions.defaults(), List.of(), List.of(), spool::append);
        transport = stage.transport();
      }
      case STOCK_FILE -> {
        FileConfig config = new FileConfig();
        config.setLocation(directory.resolve("events.json").toString());
        transport = new FileTransport(config);
      }
      case STOCK_HTTP -> {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
            "/",
            exchange -> {
              exchange.getRequestBody().readAllBytes();
              exchange.sendResponseHeaders(201, -1);
              exchange.close();
            });
        server.start();
        HttpConfig config = new HttpConfig();
        config.setUrl(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
        transport = new HttpTransport(config);
      }
      case FLOOR -> transport = null;
    }
  }

  /**
   * Every burst finds the stage and the spool at rest, and nothing that it was given may have been
   * dropped.
   */
  @Setup(Level.Iteration)
  public void settle() throws InterruptedException {
    if (spool == null) {
      return;
    }
    long patience = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    StageCounters done = stage.counters();
    while (done.passedOn() < done.received() && System.nanoTime() - patience < 0) {
      Thread.onSpinWait();
    }
    if (done.passedOn() < done.received()
        || !spool.flush(Duration.ofMinutes(1))
        || spool.counters().dropped() > 0) {
      throw new IllegalStateException(
          "Dropped: "
              + done.dropped()
              + " in the stage, "
              + spool.counters().dropped()
              + " in the spool; or one of them hangs");
    }
  }

  @TearDown(Level.Trial)
  public void close() throws Exception {
    if (transport != null) {
      transport.close();
    }
    if (spool != null) {
      stage.close(Duration.ofMinutes(1));
      spool.close();
    }
    if (server != null) {
      server.stop(0);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Benchmark
  public void burst(Blackhole blackhole) {
    for (OpenLineage.RunEvent event : events) {
      if (transport == null) {
        blackhole.consume(OpenLineageClientUtils.toJson(event).getBytes(UTF_8));
      } else {
        transport.emit(event);
      }
    }
  }
}
