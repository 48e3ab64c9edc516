package io.breakwater.iceberg.compact;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.breakwater.iceberg.plan.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/**
 * The proof as a JSON document: {@code table}, {@code branch}, {@code written-at} and {@code rows},
 * whose keys are the columns of the procedure. Keys without a value are left out.
 */
final class PurgeReport {
  private PurgeReport() {}

  static void write(Target target, String path, List<PurgeRow> rows) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode report = mapper.createObjectNode();
    report.put("table", target.table().name());
    report.put("branch", target.branch());
    report.put("written-at", Instant.now().toString());
    ArrayNode lines = report.putArray("rows");
    for (PurgeRow row : rows) {
      ObjectNode line = lines.addObject();
      line.put("scope", row.scope());
      line.put("status", row.status());
      put(line, "name", row.name());
      put(line, "snapshot_id", row.snapshotId());
      put(line, "matching_deleted_rows_count", row.matchingRows());
      put(line, "data_files_count", row.files());
      line.put("reason", row.reason());
    }
    try (OutputStream output = target.table().io().newOutputFile(path).create()) {
      mapper.writerWithDefaultPrettyPrinter().writeValue(output, report);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write report %s: %s; the purge of %s is done, its rows: %s"
              .formatted(path, e.getMessage(), target.name(), rows),
          e);
    }
  }

  private static void put(ObjectNode line, String key, Object value) {
    if (value != null) {
      line.putPOJO(key, value);
    }
  }
}
