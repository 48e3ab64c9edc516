package io.breakwater.lineage.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Events on a disk: a file of them, a directory of files, a spool. Nothing of it is changed. */
interface EventInput {

  /**
   * Reads what has come since the last call.
   *
   * @param last whether this is the last call, so that a line without its line break counts
   */
  void poll(EventSink sink, boolean last) throws IOException;

  static EventInput of(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return new DirectoryInput(path);
    }
    if (!Files.exists(path)) {
      throw new IOException("Cannot read events from " + path + ": it does not exist");
    }
    return new FileInput(path);
  }
}
