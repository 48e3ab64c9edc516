package io.breakwater.iceberg.dv;

import static io.breakwater.results.Figures.number;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.results.Figures;
import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Rows;
import io.breakwater.results.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An earlier look at {@link VerifyBenchmark} and its neighbours, of which only this was noted. */
public final class LoadedVectorsSection implements Section {

  @Override
  public String markdown(Results results) {
    Results.Measured measured = results.read("vectors-under-load.json");
    MarkdownTable table =
        new MarkdownTable(
            "one vector of 10,000 positions",
            "ours",
            "Iceberg's classes",
            "limit",
            "Iceberg / ours",
            "bar");
    for (JsonNode row : measured.rows("rows").all()) {
      List<Double> ours = numbers(row.path("ours"));
      List<Double> its = numbers(row.path("iceberg"));
      double ratio =
          Rows.median(its.stream().mapToDouble(Double::doubleValue).toArray())
              / Rows.median(ours.stream().mapToDouble(Double::doubleValue).toArray());
      table.row(
          row.path("what").asText() + ", " + row.path("unit").asText(),
          text(ours),
          text(its),
          text(numbers(row.path("limit"))),
          number(ratio, 1),
          Figures.atLeast(ratio, row.path("bar").asDouble()));
    }
    return Prose.of(
        LoadedVectorsSection.class,
        Map.of("run", measured.circumstances(), "table", table.toString()));
  }

  private static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(number -> numbers.add(number.asDouble()));
    return numbers;
  }

  private static String text(List<Double> numbers) {
    return numbers.stream().map(Figures::number).collect(Collectors.joining("; "));
  }
}
