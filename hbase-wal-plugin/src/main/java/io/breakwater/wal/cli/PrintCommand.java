package io.breakwater.wal.cli;

import io.breakwater.wal.fs.BwalFileSystem;
import io.breakwater.wal.log.Workspace;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALPrettyPrinter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "print",
    description = {
      "Prints the records of a log through HBase's own WALPrettyPrinter.",
      "With --json: one JSON object per record, with the names that HBase gives its parts."
    })
final class PrintCommand extends LocationCommand {

  @Option(names = "--values", description = "Print the values of cells too.")
  private boolean values;

  @Option(
      names = "--table",
      paramLabel = "NAME",
      split = ",",
      description = "Only records of these tables.")
  private List<String> tables = List.of();

  @Option(
      names = "--region",
      paramLabel = "ENCODED_NAME",
      description = "Only records of this region.")
  private String region;

  @Option(names = "--row", paramLabel = "ROW", description = "Only cells of this row.")
  private String row;

  @Option(
      names = "--sequence",
      paramLabel = "ID",
      defaultValue = "-1",
      description = "Only the record with this sequence id.")
  private long sequence;

  @Override
  public Integer call() throws IOException {
    Location location = location();
    Configuration configuration = configuration();
    Workspace workspace = existing(location.workspace(), configuration);
    requireLog(workspace, location);
    // Another workspace of that name may be in Hadoop's cache.
    configuration.setBoolean("fs." + BwalFileSystem.SCHEME + ".impl.disable.cache", true);
    Path path = new Path(location.toString());
    try {
      if (json()) {
        printJson(path, configuration);
      } else {
        new WALPrettyPrinter(
                values,
                false,
                sequence,
                Set.copyOf(tables),
                region,
                row,
                null,
                false,
                false,
                streams().out())
            .processFile(configuration, path);
      }
    } catch (EOFException e) {
      // How HBase's reader ends a log whose writer was killed before it wrote a trailer.
      streams().err().println("The log ends without a trailer: its writer did not close it.");
    }
    return BreakwaterWal.OK;
  }

  /** HBase's fields of each record; the JSON of its printer is mixed with text. */
  private void printJson(Path path, Configuration configuration) throws IOException {
    try (FileSystem fs = path.getFileSystem(configuration);
        WalEntries entries = WalEntries.open(fs, path, configuration)) {
      for (WAL.Entry entry = entries.next(); entry != null; entry = entries.next()) {
        Map<String, Object> record = entry.getKey().toStringMap();
        List<Map<String, Object>> cells = new ArrayList<>();
        for (Cell cell : entry.getEdit().getCells()) {
          Map<String, Object> fields = WALPrettyPrinter.toStringMap(cell, false, null, row, values);
          if (!fields.isEmpty()) {
            cells.add(fields);
          }
        }
        if (wanted(record) && !cells.isEmpty()) {
          record.put("table", record.get("table").toString());
          record.put("writeTime", entry.getKey().getWriteTime());
          record.put("actions", cells);
          print(record, "");
        }
      }
    }
  }

  private boolean wanted(Map<String, Object> record) {
    return (tables.isEmpty() || tables.contains(record.get("table").toString()))
        && (sequence < 0 || record.get("sequence").equals(sequence))
        && (region == null || region.equals(record.get("region")));
  }
}
