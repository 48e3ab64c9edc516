package io.breakwater.lineage;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** A lineage backend on loopback that behaves as a test wants. */
public final class HttpBackend implements AutoCloseable {

  /** The status of an answer to hang on to a request until the backend is closed. */
  public static final int HANG = 0;

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "http-backend");
            thread.setDaemon(true);
            return thread;
          });
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<String> accepted = new CopyOnWriteArrayList<>();
  private final AtomicReference<HttpExchange> last = new AtomicReference<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final Function<String, Integer> statusOf;

  private HttpBackend(int port, Function<String, Integer> statusOf) throws IOException {
    this.statusOf = statusOf;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public static HttpBackend answering(int status) throws IOException {
    return new HttpBackend(0, event -> status);
  }

  public static HttpBackend answering(int port, int status) throws IOException {
    return new HttpBackend(port, event -> status);
  }

  public static HttpBackend deciding(Function<String, Integer> statusOf) throws IOException {
    return new HttpBackend(0, statusOf);
  }

  /** A port on which nobody listens. */
  public static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public String url() {
    return url(server.getAddress().getPort());
  }

  public static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  /** The events that were answered with 200 or 201, in the order of their arrival. */
  public List<String> accepted() {
    return accepted;
  }

  /** The path of the last request. */
  public String lastPath() {
    return last.get().getRequestURI().getPath();
  }

  /** A header of the last request. */
  public String lastHeader(String name) {
    return last.get().getRequestHeaders().getFirst(name);
  }

  public int requests() {
    return requests.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String event = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.incrementAndGet();
      last.set(exchange);
      int status = statusOf.apply(event);
      if (status == HANG) {
        closing.await();
        return;
      }
      if (status < 300) {
        accepted.add(event);
      }
      exchange.sendResponseHeaders(status, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Fails if an event of OpenLineage's Spark integration was not valid or not clean. */
  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
    EventChecks.assertValidAndClean(
        Events.parse(accepted).stream()
            .filter(event -> event.path("producer").asText().contains("integration/spark"))
            .toList());
  }
}
