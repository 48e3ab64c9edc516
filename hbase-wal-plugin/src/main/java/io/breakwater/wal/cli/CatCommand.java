package io.breakwater.wal.cli;

import io.breakwater.wal.log.LogReader;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.ByteBuffer;
import picocli.CommandLine.Command;

@Command(
    name = "cat",
    description = {
      "Writes the bytes of a log to the standard output, as HBase wrote them.",
      "Of a log that is being written: those that are there now."
    })
final class CatCommand extends LocationCommand {

  @Override
  public Integer call() throws IOException {
    if (json()) {
      throw usage("Invalid --json: cat writes the bytes of a log, must not be used with it");
    }
    Location location = location();
    Workspace workspace = existing(location.workspace(), configuration());
    requireLog(workspace, location);
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    try (LogReader reader = workspace.open(location.path())) {
      long position = 0;
      for (int read = reader.read(0, buffer); read > 0; read = reader.read(position, buffer)) {
        streams().out().write(buffer.array(), 0, read);
        position += read;
        buffer.clear();
      }
    }
    return BreakwaterWal.OK;
  }
}
