package io.breakwater.lineage.deliver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Notices when the {@code file} transport, which only logs its failures, has not written. */
final class FileDelegate implements Delegate {

  private final TransportDelegate delegate;
  private final Path file;

  FileDelegate(TransportDelegate delegate, Path file) {
    if (file.getParent() == null) {
      throw new IllegalArgumentException(
          "Invalid spark.openlineage.transport.location: "
              + file
              + ", must have a directory, such as /var/log/lineage/"
              + file);
    }
    this.delegate = delegate;
    this.file = file;
  }

  @Override
  public void deliver(EncodedEvent event) throws Exception {
    long before = size();
    delegate.deliver(event);
    long expected = (long) delegate.length(event) + System.lineSeparator().length();
    long grown = size() - before;
    // Other drivers may append to the same file meanwhile.
    if (grown < expected) {
      throw new IOException(
          "Cannot append "
              + expected
              + " bytes to "
              + file
              + ": it grew by "
              + grown
              + "; the transport's log line before this one names the reason");
    }
  }

  private long size() throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  @Override
  public void close() throws IOException {
    delegate.close();
  }
}
