package io.breakwater.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.results.Figures;
import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The results of one JMH class in one run as a table: a row for each method and each set of
 * parameters, side by side what its contenders, the values of {@code contender}, scored. The first
 * contender is ours; a ratio is the time of another one divided by ours, with its error.
 */
final class JmhTable {

  private static final String CONTENDER = "contender";

  private final List<JsonNode> results;
  private final Map<String, Map<String, JsonNode>> byCase = new LinkedHashMap<>();
  private final Set<String> contenders = new LinkedHashSet<>();
  private final List<String> parameters = new ArrayList<>();

  private JmhTable(List<JsonNode> results) {
    this.results = results;
    results
        .get(0)
        .path("params")
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!name.equals(CONTENDER)) {
                parameters.add(name);
              }
            });
    for (JsonNode result : results) {
      String contender = result.at("/params/" + CONTENDER).asText();
      contenders.add(contender);
      byCase.computeIfAbsent(key(result), key -> new LinkedHashMap<>()).put(contender, result);
    }
  }

  /** Of those {@code results} that are of {@code benchmark}; null if none is. */
  static JmhTable of(Class<?> benchmark, Rows results) {
    List<JsonNode> its =
        results.all().stream()
            .filter(result -> className(result).equals(benchmark.getName()))
            .toList();
    return its.isEmpty() ? null : new JmhTable(its);
  }

  static String className(JsonNode result) {
    String name = result.path("benchmark").asText();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private String key(JsonNode result) {
    return String.join(" | ", cells(result));
  }

  private List<String> cells(JsonNode result) {
    List<String> cells = new ArrayList<>();
    String name = result.path("benchmark").asText();
    cells.add("`" + name.substring(name.lastIndexOf('.') + 1) + "`");
    for (String parameter : parameters) {
      cells.add(result.path("params").path(parameter).asText());
    }
    return cells;
  }

  String markdown() {
    JsonNode first = results.get(0);
    String unit = first.path("unit").asText().replace("us/", "µs/");
    boolean allocation = first.has("bytesPerOperation");
    List<String> header = new ArrayList<>(List.of("method"));
    header.addAll(parameters);
    contenders.forEach(contender -> header.add("`%s`, %s".formatted(contender, unit)));
    contenders.stream()
        .skip(1)
        .forEach(contender -> header.add("`%s` / ours".formatted(contender)));
    if (allocation) {
      header.add("bytes allocated, in the same order");
    }
    MarkdownTable table = new MarkdownTable(header);
    byCase
        .values()
        .forEach(
            scores -> {
              List<String> row = new ArrayList<>(cells(scores.values().iterator().next()));
              contenders.forEach(contender -> row.add(score(scores.get(contender))));
              JsonNode ours = scores.get(contenders.iterator().next());
              contenders.stream()
                  .skip(1)
                  .forEach(contender -> row.add(ratio(scores.get(contender), ours)));
              if (allocation) {
                List<String> bytes = new ArrayList<>();
                contenders.forEach(contender -> bytes.add(bytes(scores.get(contender))));
                row.add(String.join("; ", bytes));
              }
              table.row(row);
            });
    return "%d forks of %d iterations, the error is JMH's 99.9 %% confidence interval.\n\n%s"
        .formatted(first.path("forks").asInt(), first.path("iterations").asInt(), table);
  }

  private static String score(JsonNode result) {
    return result == null
        ? "-"
        : Figures.withError(
            result.path("score").asDouble(), result.path("error").asDouble(Double.NaN));
  }

  private static String bytes(JsonNode result) {
    return result == null
        ? "-"
        : Figures.number(result.path("bytesPerOperation").asDouble(Double.NaN), 0);
  }

  /**
   * How much longer {@code other} takes than {@code ours}; errors add up as independent ones do.
   */
  private static String ratio(JsonNode other, JsonNode ours) {
    if (other == null || ours == null) {
      return "-";
    }
    boolean rate = ours.path("mode").asText().equals("thrpt");
    double ratio =
        rate
            ? ours.path("score").asDouble() / other.path("score").asDouble()
            : other.path("score").asDouble() / ours.path("score").asDouble();
    return Figures.withError(ratio, ratio * Math.hypot(relativeError(other), relativeError(ours)));
  }

  private static double relativeError(JsonNode result) {
    return result.path("error").asDouble(Double.NaN) / result.path("score").asDouble();
  }
}
