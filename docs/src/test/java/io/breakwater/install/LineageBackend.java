package io.breakwater.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A lineage backend on loopback that takes every event. Thread-safe. */
final class LineageBackend implements AutoCloseable {

  private final ObjectMapper json = new ObjectMapper();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  private LineageBackend(HttpServer server) {
    this.server = server;
  }

  static LineageBackend start() throws IOException {
    return start(0);
  }

  static LineageBackend start(int port) throws IOException {
    LineageBackend backend =
        new LineageBackend(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
    backend.server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            backend.events.add(backend.json.readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(201, -1);
          }
        });
    backend.server.start();
    return backend;
  }

  int port() {
    return server.getAddress().getPort();
  }

  static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  /** The completed events that have an output whose name ends with {@code table}. */
  List<JsonNode> writesOf(String table) {
    return events.stream()
        .filter(event -> event.path("eventType").asText().equals("COMPLETE"))
        .filter(
            event ->
                event.findValues("outputs").stream()
                    .flatMap(outputs -> outputs.findValuesAsText("name").stream())
                    .anyMatch(name -> name.endsWith(table)))
        .toList();
  }

  /** The completed events of jobs whose name contains {@code part}. */
  List<JsonNode> endsOf(String part) {
    return events.stream()
        .filter(event -> event.path("eventType").asText().equals("COMPLETE"))
        .filter(event -> event.at("/job/name").asText().contains(part))
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
