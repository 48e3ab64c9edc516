package io.breakwater.lineage.ui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.breakwater.lineage.Events;
import io.breakwater.lineage.view.LineageModelBuilder;
import io.breakwater.lineage.view.LineagePage;
import io.breakwater.lineage.view.ViewLimits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The pages of a Spark UI or a History Server, over HTTP. */
final class SparkPages {

  private static final String MODEL = "id=\"model\">";

  private final HttpClient client =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
  private final String root;

  SparkPages(String root) {
    this.root = root;
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(root + path)).timeout(Duration.ofSeconds(60));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  /** What the page of lineage draws. */
  JsonNode model() throws IOException, InterruptedException {
    HttpResponse<String> page = get("/lineage/view/");
    if (page.statusCode() != 200) {
      throw new IOException(page.statusCode() + " " + page.body());
    }
    return model(page.body());
  }

  private static JsonNode model(String html) {
    int begin = html.indexOf(MODEL) + MODEL.length();
    return Events.parse(html.substring(begin, html.indexOf("</script>", begin)));
  }

  /** What {@code breakwater-lineage view} draws of {@code events}. */
  static JsonNode viewed(List<JsonNode> events) {
    LineageModelBuilder builder = new LineageModelBuilder(ViewLimits.defaults());
    events.forEach(builder::add);
    return model(LineagePage.html(builder.build(), "", Instant.EPOCH));
  }

  /** Without what a digest of the events does not keep, and the order of details. */
  static JsonNode comparable(JsonNode model) {
    ObjectNode comparable = model.deepCopy();
    runs(comparable)
        .map(ObjectNode.class::cast)
        .forEach(
            run -> {
              run.remove("last");
              run.put(
                  "details",
                  stream(run.get("details"))
                      .map(detail -> model.at("/details/" + detail.asInt()).toString())
                      .sorted()
                      .toList()
                      .toString());
            });
    comparable.remove(List.of("generated", "source", "events", "details"));
    return comparable;
  }

  static Stream<JsonNode> runs(JsonNode model) {
    return stream(model.get("jobs")).flatMap(job -> stream(job.get("runs")));
  }

  static List<String> datasets(JsonNode model) {
    return stream(model.get("datasets")).map(dataset -> dataset.get("name").asText()).toList();
  }

  /** The statuses of the runs of the job whose name ends with {@code name}. */
  static List<String> statuses(JsonNode model, String name) {
    Optional<JsonNode> job =
        stream(model.get("jobs"))
            .filter(candidate -> candidate.get("name").asText().endsWith(name))
            .findFirst();
    return job.stream()
        .flatMap(found -> stream(found.get("runs")))
        .map(run -> run.get("status").asText())
        .toList();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
