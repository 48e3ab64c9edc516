package io.breakwater.wal.cli;

import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Parameters;

/** A command about one place in one workspace. */
abstract class LocationCommand extends WalCommand {

  @Parameters(
      index = "0",
      paramLabel = "LOCATION",
      description = "bwal://WORKSPACE/PATH, or WORKSPACE; without a path it is the whole of it.")
  private String first;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PATH",
      description = "The path, if LOCATION is WORKSPACE.")
  private String path;

  final Location location() {
    return Location.of(path == null ? List.of(first) : List.of(first, path));
  }

  /** What stands at the location of a workspace. */
  static PathStatus require(Workspace workspace, Location location) throws IOException {
    return workspace
        .status(location.path())
        .orElseThrow(
            () -> new IOException("Cannot find " + location + ": nothing stands at that path"));
  }

  static PathStatus requireLog(Workspace workspace, Location location) throws IOException {
    PathStatus status = require(workspace, location);
    if (status.directory()) {
      throw new IOException("Cannot read " + location + ": it is a directory, must be a log");
    }
    return status;
  }
}
