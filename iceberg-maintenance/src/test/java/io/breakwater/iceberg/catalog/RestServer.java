package io.breakwater.iceberg.catalog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTResponse;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.apache.iceberg.rest.responses.LoadTableResponse;
import org.apache.iceberg.shaded.com.fasterxml.jackson.annotation.JsonAutoDetect;
import org.apache.iceberg.shaded.com.fasterxml.jackson.annotation.PropertyAccessor;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.DeserializationFeature;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.PropertyNamingStrategies;

/**
 * A REST catalog server on the loopback address: Iceberg's own request handlers over a catalog, for
 * the requests that tables need. Each request is answered by a thread of its own.
 */
final class RestServer implements AutoCloseable {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);

  static {
    RESTSerializers.registerAll(JSON);
  }

  private final JdbcCatalog catalog;
  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();

  private RestServer(JdbcCatalog catalog, HttpServer server) {
    this.catalog = catalog;
    this.server = server;
  }

  /** Serves {@code catalog}, and closes it in the end. */
  static RestServer start(JdbcCatalog catalog) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    RestServer server = new RestServer(catalog, http);
    http.setExecutor(server.executor);
    http.createContext("/v1/", server::handle);
    http.start();
    return server;
  }

  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
    catalog.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        List<String> path =
            List.of(exchange.getRequestURI().getPath().substring("/v1/".length()).split("/"));
        RESTResponse response = response(exchange, path);
        if (response == null) {
          exchange.sendResponseHeaders(204, -1);
        } else {
          send(exchange, 200, response);
        }
      } catch (RuntimeException e) {
        send(
            exchange,
            code(e),
            ErrorResponse.builder()
                .responseCode(code(e))
                .withType(e.getClass().getSimpleName())
                .withMessage(e.getMessage())
                .build());
      }
    }
  }

  private RESTResponse response(HttpExchange exchange, List<String> path) throws IOException {
    String request = exchange.getRequestMethod() + " " + path.get(0) + " " + path.size();
    return switch (request) {
      case "GET config 1" -> ConfigResponse.builder().build();
      case "POST namespaces 1" ->
          CatalogHandlers.createNamespace(catalog, read(exchange, CreateNamespaceRequest.class));
      case "GET namespaces 2" -> CatalogHandlers.loadNamespace(catalog, namespace(path));
      case "HEAD namespaces 2" -> {
        CatalogHandlers.loadNamespace(catalog, namespace(path));
        yield null;
      }
      case "GET namespaces 3" -> CatalogHandlers.listTables(catalog, namespace(path));
      case "POST namespaces 3" ->
          CatalogHandlers.createTable(
              catalog, namespace(path), read(exchange, CreateTableRequest.class));
      case "GET namespaces 4" -> load(table(path));
      case "HEAD namespaces 4" -> {
        load(table(path));
        yield null;
      }
      case "POST namespaces 4" ->
          CatalogHandlers.updateTable(
              catalog, table(path), read(exchange, UpdateTableRequest.class));
      case "DELETE namespaces 4" -> {
        CatalogHandlers.dropTable(catalog, table(path));
        yield null;
      }
      // The metrics of a scan or a commit.
      case "POST namespaces 5" -> null;
      default -> throw new UnsupportedOperationException("Cannot serve " + request);
    };
  }

  private LoadTableResponse load(TableIdentifier table) {
    BaseTable loaded = (BaseTable) catalog.loadTable(table);
    return LoadTableResponse.builder().withTableMetadata(loaded.operations().current()).build();
  }

  private static Namespace namespace(List<String> path) {
    return Namespace.of(path.get(1));
  }

  private static TableIdentifier table(List<String> path) {
    return TableIdentifier.of(namespace(path), path.get(3));
  }

  private static <T> T read(HttpExchange exchange, Class<T> type) throws IOException {
    return JSON.readValue(exchange.getRequestBody(), type);
  }

  private static void send(HttpExchange exchange, int code, RESTResponse response)
      throws IOException {
    byte[] body = JSON.writeValueAsBytes(response);
    exchange.getResponseHeaders().putAll(Map.of("Content-Type", List.of("application/json")));
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(code, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  private static int code(RuntimeException failure) {
    if (failure instanceof NoSuchTableException || failure instanceof NoSuchNamespaceException) {
      return 404;
    } else if (failure instanceof CommitFailedException
        || failure instanceof AlreadyExistsException) {
      return 409;
    }
    return failure instanceof IllegalArgumentException ? 400 : 500;
  }
}
