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
import java.util.concurrent.TimeUnit;

/** A backend of lineage events on loopback, in one of the states in which backends are. */
final class LineageBackend implements AutoCloseable {

  /** How it answers. */
  enum State {
    HEALTHY,
    /** Takes 200 ms for an answer. */
    SLOW,
    /** Answers 503. */
    UNAVAILABLE,
    /** Nobody listens on the port. */
    REFUSED,
    /** Takes a request and never answers. */
    HANGING
  }

  private static final int SLOW_MILLIS = 200;

  private final State state;
  private final int port;
  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<String> accepted = new CopyOnWriteArrayList<>();

  LineageBackend(State state) throws IOException {
    this.state = state;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    if (state == State.REFUSED) {
      this.server = null;
      return;
    }
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    server.setExecutor(executor);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The events that it has said it has. */
  List<String> accepted() {
    return List.copyOf(accepted);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String event = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (state == State.HANGING) {
        closing.await();
      } else if (state == State.SLOW) {
        closing.await(SLOW_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean takes = state == State.HEALTHY || state == State.SLOW;
    if (takes) {
      accepted.add(event);
    }
    exchange.sendResponseHeaders(takes ? 201 : 503, -1);
    exchange.close();
  }

  @Override
  public void close() {
    closing.countDown();
    if (server != null) {
      server.stop(0);
    }
    executor.shutdownNow();
  }
}
