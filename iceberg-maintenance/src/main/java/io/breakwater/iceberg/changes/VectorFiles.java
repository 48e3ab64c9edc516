package io.breakwater.iceberg.changes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.inmemory.InMemoryInputFile;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.IOUtil;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * Opens delete files; small Puffin files are read whole and kept, because a commit writes the
 * vectors of many data files into one: one read instead of one per data file. At most 32 MiB are
 * kept, the files used last. Not thread-safe.
 */
final class VectorFiles {
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final long MAX_KEPT_BYTES = 32 << 20;

  private final FileIO io;
  private final Map<String, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long keptBytes;

  VectorFiles(FileIO io) {
    this.io = io;
  }

  InputFile open(DeleteFile file) {
    if (file.format() != FileFormat.PUFFIN || file.fileSizeInBytes() > MAX_FILE_BYTES) {
      return io.newInputFile(file);
    }
    byte[] bytes = kept.get(file.location());
    if (bytes == null) {
      bytes = read(file);
      kept.put(file.location(), bytes);
      keptBytes += bytes.length;
      evict();
    }
    return new InMemoryInputFile(file.location(), bytes);
  }

  private void evict() {
    var oldest = kept.entrySet().iterator();
    while (keptBytes > MAX_KEPT_BYTES) {
      keptBytes -= oldest.next().getValue().length;
      oldest.remove();
    }
  }

  private byte[] read(DeleteFile file) {
    byte[] bytes = new byte[(int) file.fileSizeInBytes()];
    try (SeekableInputStream stream = io.newInputFile(file).newStream()) {
      IOUtil.readFully(stream, bytes, 0, bytes.length);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read Puffin file %s: %s".formatted(file.location(), e.getMessage()), e);
    }
  }
}
