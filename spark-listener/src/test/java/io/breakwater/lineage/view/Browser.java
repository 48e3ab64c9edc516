package io.breakwater.lineage.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium, driven through chromedriver by the W3C WebDriver protocol. */
public final class Browser implements AutoCloseable {

  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
  private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process driver;
  private String session;

  /** Why there is no browser on this machine; nothing if there is one. */
  public static Optional<String> missing() {
    return Stream.of("chromium", "chromedriver")
        .filter(program -> onPath(program).isEmpty())
        .findFirst()
        .map(
            program ->
                program
                    + " is not on the PATH; the Debian packages chromium and chromium-driver have"
                    + " it");
  }

  private static Optional<Path> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts one; there must be none {@link #missing}. */
  public Browser() throws IOException, InterruptedException {
    driver =
        new ProcessBuilder("chromedriver", "--port=0", "--allowed-ips=127.0.0.1")
            .redirectErrorStream(true)
            .start();
    try {
      session = "http://127.0.0.1:" + port() + "/session";
      List<String> arguments =
          List.of(
              "--headless=new",
              "--no-sandbox",
              "--disable-gpu",
              "--disable-dev-shm-usage",
              "--window-size=1500,1000");
      JsonNode opened =
          post(
              "",
              Map.of(
                  "capabilities",
                  Map.of(
                      "alwaysMatch",
                      Map.of(
                          "goog:loggingPrefs",
                          Map.of("browser", "ALL"),
                          "goog:chromeOptions",
                          Map.of("args", arguments)))));
      session += "/" + opened.get("sessionId").asText();
    } catch (IOException | InterruptedException | RuntimeException e) {
      driver.destroy();
      throw e;
    }
  }

  private String port() throws IOException {
    BufferedReader output = driver.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        Thread drain = new Thread(() -> output.lines().forEach(ignored -> {}), "chromedriver");
        drain.setDaemon(true);
        drain.start();
        return started.group(1);
      }
    }
    throw new IOException("chromedriver ended with " + driver.exitValue());
  }

  /** Opens a page at an address behind #, anew. */
  void open(Path page, String hash) throws IOException, InterruptedException {
    open(page.toUri() + "#" + hash);
  }

  public void open(String url) throws IOException, InterruptedException {
    post("/url", Map.of("url", "about:blank"));
    post("/url", Map.of("url", url));
  }

  /** Goes on in the page that a frame of this page shows. */
  public void enterFrame(String selector) throws IOException, InterruptedException {
    post("/frame", Map.of("id", Map.of(ELEMENT, element(selector))));
  }

  /** What a function body returns. */
  public JsonNode run(String script, Object... arguments) throws IOException, InterruptedException {
    return post("/execute/sync", Map.of("script", script, "args", List.of(arguments)));
  }

  /** The text that is seen in the first element that a CSS selector names. */
  public String text(String selector) throws IOException, InterruptedException {
    return get("/element/" + element(selector) + "/text").asText();
  }

  public long count(String selector) throws IOException, InterruptedException {
    return run("return document.querySelectorAll(arguments[0]).length", selector).asLong();
  }

  public void click(String selector) throws IOException, InterruptedException {
    post("/element/" + element(selector) + "/click", Map.of());
  }

  void type(String selector, String keys) throws IOException, InterruptedException {
    post("/element/" + element(selector) + "/value", Map.of("text", keys));
  }

  /** Presses keys for whatever has the focus. */
  void press(String key) throws IOException, InterruptedException {
    List<Map<String, String>> strokes =
        List.of(Map.of("type", "keyDown", "value", key), Map.of("type", "keyUp", "value", key));
    post(
        "/actions",
        Map.of("actions", List.of(Map.of("type", "key", "id", "keyboard", "actions", strokes))));
  }

  /** What the page has written to the console, violations of its policy among it. */
  public JsonNode console() throws IOException, InterruptedException {
    return post("/se/log", Map.of("type", "browser"));
  }

  /** Pretends that the user prefers a color scheme. */
  void prefer(String scheme) throws IOException, InterruptedException {
    post(
        "/goog/cdp/execute",
        Map.of(
            "cmd",
            "Emulation.setEmulatedMedia",
            "params",
            Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme)))));
  }

  public void screenshot(Path file) throws IOException, InterruptedException {
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(get("/screenshot").asText()));
  }

  private String element(String selector) throws IOException, InterruptedException {
    return post("/element", Map.of("using", "css selector", "value", selector))
        .get(ELEMENT)
        .asText();
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(session + path)).GET());
  }

  private JsonNode post(String path, Object body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(session + path))
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            request.timeout(Duration.ofMinutes(2)).build(), HttpResponse.BodyHandlers.ofString());
    JsonNode value = JSON.readTree(response.body()).get("value");
    if (response.statusCode() != 200) {
      throw new IOException("chromedriver answers " + value.get("message"));
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    try {
      send(HttpRequest.newBuilder(URI.create(session)).DELETE());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      driver.destroy();
    }
  }
}
