package io.breakwater.wal.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stand-in for AWS KMS, which cannot run here: GenerateDataKey and Decrypt of its JSON protocol
 * over HTTP, keys in memory, the encryption context checked as KMS does. Signatures are not.
 */
final class KmsStandIn implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Wrapped(String keyId, byte[] plain, JsonNode context) {}

  private final HttpServer server;
  private final Map<String, Wrapped> wrapped = new ConcurrentHashMap<>();
  private volatile String knownKey;

  KmsStandIn(String knownKey) throws IOException {
    this.knownKey = knownKey;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void disableKey() {
    knownKey = null;
  }

  private void answer(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    ObjectNode answer =
        switch (exchange.getRequestHeaders().getFirst("X-Amz-Target")) {
          case "TrentService.GenerateDataKey" -> generate(request);
          case "TrentService.Decrypt" -> decrypt(request);
          default -> error("UnknownOperationException", "no such operation");
        };
    byte[] body = JSON.writeValueAsBytes(answer);
    exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(answer.has("__type") ? 400 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private ObjectNode generate(JsonNode request) {
    String keyId = request.get("KeyId").asText();
    if (!keyId.equals(knownKey)) {
      return error("NotFoundException", "Key '" + keyId + "' does not exist");
    }
    byte[] plain = new byte[32];
    new SecureRandom().nextBytes(plain);
    byte[] blob = UUID.randomUUID().toString().getBytes(UTF_8);
    String text = Base64.getEncoder().encodeToString(blob);
    wrapped.put(text, new Wrapped(keyId, plain, request.get("EncryptionContext")));
    return JSON.createObjectNode()
        .put("CiphertextBlob", text)
        .put("KeyId", keyId)
        .put("Plaintext", Base64.getEncoder().encodeToString(plain));
  }

  private ObjectNode decrypt(JsonNode request) {
    Wrapped key = wrapped.get(request.get("CiphertextBlob").asText());
    if (key == null || !key.context().equals(request.get("EncryptionContext"))) {
      return error("InvalidCiphertextException", "not made by this key for this context");
    }
    if (!key.keyId().equals(knownKey)) {
      return error("DisabledException", "Key '" + key.keyId() + "' is disabled");
    }
    return JSON.createObjectNode()
        .put("KeyId", key.keyId())
        .put("Plaintext", Base64.getEncoder().encodeToString(key.plain()));
  }

  private static ObjectNode error(String type, String message) {
    return JSON.createObjectNode().put("__type", type).put("message", message);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
