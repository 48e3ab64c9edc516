package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.plan.PuffinLayout;
import io.breakwater.iceberg.run.CorruptDeletionVectorException;
import io.breakwater.iceberg.run.PuffinFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.puffin.BlobMetadata;

/**
 * A Puffin file whose blobs are read from front to back, neighbours in one read. Its footer is read
 * once. Not thread-safe.
 */
final class OpenPuffin implements Closeable {
  private static final int MAGIC = 0x31414650;
  private static final int READ_AHEAD_BYTES = 256 << 10;
  private static final int HEAD_BYTES = 8;
  private static final int BLOB_MAGIC = 0x6439D3D1;

  private final long fileBytes;
  private final PuffinFile file;
  private final Map<Long, BlobMetadata> blobs = new HashMap<>();
  private long blobsEnd;
  private String badFooter;

  private long windowStart;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private boolean badHeader;

  private OpenPuffin(long fileBytes, PuffinFile file) {
    this.fileBytes = fileBytes;
    this.file = file;
  }

  /**
   * Opens the file and reads its footer.
   *
   * @throws org.apache.iceberg.exceptions.NotFoundException if there is no such file
   * @throws RuntimeException if it cannot be read
   */
  static OpenPuffin open(FileIO io, String path) {
    long fileBytes = io.newInputFile(path).getLength();
    OpenPuffin puffin = new OpenPuffin(fileBytes, PuffinFile.open(io, path, fileBytes));
    try {
      PuffinLayout layout = puffin.file.layout();
      layout.blobs().forEach(blob -> puffin.blobs.put(blob.offset(), blob));
      puffin.blobsEnd = fileBytes - layout.footerBytes();
    } catch (CorruptDeletionVectorException e) {
      puffin.badFooter = Problems.of(e);
      puffin.blobsEnd = fileBytes;
    }
    return puffin;
  }

  long fileBytes() {
    return fileBytes;
  }

  /** Where the footer begins, the end of the file if it cannot be read. */
  long blobsEnd() {
    return blobsEnd;
  }

  /** Why the footer cannot be read, if so. */
  Optional<String> badFooter() {
    return Optional.ofNullable(badFooter);
  }

  /** Whether the first bytes are not those of a Puffin file, as far as they were read. */
  boolean badHeader() {
    return badHeader;
  }

  Optional<BlobMetadata> footerAt(long offset) {
    return Optional.ofNullable(blobs.get(offset));
  }

  /** Another blob that the footer binds to {@code dataFile}. */
  Optional<BlobMetadata> footerFor(String dataFile, long exceptOffset) {
    return blobs.values().stream()
        .filter(blob -> blob.offset() != exceptOffset)
        .filter(blob -> dataFile.equals(blob.properties().get(VectorCheck.REFERENCED_DATA_FILE)))
        .findFirst();
  }

  /**
   * Reads a blob. The caller knows that it lies in the file. If it is large and does not begin like
   * a vector of its size, only its first bytes are read.
   */
  ByteBuffer blob(long offset, int size) {
    if (size > READ_AHEAD_BYTES) {
      ByteBuffer head = file.read(offset, HEAD_BYTES);
      boolean likely =
          head.getInt(0) == size - HEAD_BYTES
              && head.order(ByteOrder.LITTLE_ENDIAN).getInt(4) == BLOB_MAGIC;
      return likely ? file.read(offset, size) : head.order(ByteOrder.BIG_ENDIAN);
    }
    if (offset < windowStart || offset + size > windowStart + window.limit()) {
      windowStart = offset < READ_AHEAD_BYTES - size ? 0 : offset;
      window = file.read(windowStart, (int) Math.min(READ_AHEAD_BYTES, fileBytes - windowStart));
      if (windowStart == 0 && window.limit() >= 4) {
        badHeader = window.order(ByteOrder.LITTLE_ENDIAN).getInt(0) != MAGIC;
        window.order(ByteOrder.BIG_ENDIAN);
      }
    }
    return window.slice((int) (offset - windowStart), size);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
