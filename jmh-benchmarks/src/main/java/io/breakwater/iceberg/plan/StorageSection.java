package io.breakwater.iceberg.plan;

import static io.breakwater.results.Figures.number;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.results.Figures;
import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Section;
import java.util.Map;

/** What {@link StorageBars} found. */
public final class StorageSection implements Section {

  @Override
  public String markdown(Results results) {
    Results.Measured measured = results.read("storage.json");
    MarkdownTable table =
        new MarkdownTable("", "vectors", "Puffin files", "MB on disk", "of what is needed", "bar");
    for (JsonNode row : measured.rows("runs").all()) {
      double needed = row.path("on_disk_by_needed").asDouble();
      boolean after = row.path("when").asText().startsWith("after");
      table.row(
          row.path("when").asText(),
          number(row.path("vectors").asDouble(), 0),
          number(row.path("puffins").asDouble(), 0),
          number(row.path("puffin_bytes_on_disk").asDouble() / 1e6, 2),
          number(needed, 2),
          after ? Figures.atMost(needed, 1.05) : "");
    }
    return Prose.of(
        StorageBars.class,
        Map.of(
            "run", measured.conditions(),
            "table", table.toString(),
            "commits", number(measured.at("/commits"), 0),
            "each", number(measured.at("/vectors_of_a_commit"), 0),
            "files", number(measured.at("/data_files"), 0)));
  }
}
