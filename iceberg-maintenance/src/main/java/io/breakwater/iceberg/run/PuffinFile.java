package io.breakwater.iceberg.run;

import io.breakwater.iceberg.plan.PuffinLayout;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.IOUtil;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.FileMetadataParser;

/**
 * A Puffin file that is read: one open, one read for a footer of ordinary size, one per blob.
 *
 * <p>The end of a Puffin file: magic {@code PFA1}, the footer's JSON, its length (4 bytes, LE), 4
 * bytes of flags (bit 0 of the first: the JSON is compressed), {@code PFA1}. The length is believed
 * only if it fits into the file and there is a magic where the footer would begin. Not thread-safe.
 */
public final class PuffinFile implements Closeable {
  private static final int MAGIC = 0x31414650;
  private static final int MAGIC_BYTES = 4;
  private static final int TRAILER_BYTES = 12;
  private static final int MIN_FOOTER_BYTES = MAGIC_BYTES + TRAILER_BYTES;
  private static final int FIRST_READ_BYTES = 64 << 10;
  private static final int MAX_FOOTER_BYTES = 256 << 20;

  private final String path;
  private final long fileBytes;
  private final SeekableInputStream input;

  private PuffinFile(String path, long fileBytes, SeekableInputStream input) {
    this.path = path;
    this.fileBytes = fileBytes;
    this.input = input;
  }

  /** Opens the file at {@code path}, which has {@code fileBytes} bytes. */
  public static PuffinFile open(FileIO io, String path, long fileBytes) {
    return new PuffinFile(path, fileBytes, io.newInputFile(path, fileBytes).newStream());
  }

  /** Reads the footer of the file at {@code path}, and only that. */
  static PuffinLayout layout(FileIO io, String path, long fileBytes) {
    try (PuffinFile file = open(io, path, fileBytes)) {
      return file.layout();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /**
   * Reads the footer.
   *
   * @throws CorruptDeletionVectorException if it cannot be understood
   * @throws UncheckedIOException if the file cannot be read
   */
  public PuffinLayout layout() {
    if (fileBytes < MAGIC_BYTES + MIN_FOOTER_BYTES) {
      throw badFooter("the manifest says that the file has only %d bytes".formatted(fileBytes));
    }
    int first = (int) Math.min(fileBytes - MAGIC_BYTES, FIRST_READ_BYTES);
    ByteBuffer tail = read(fileBytes - first, first).order(ByteOrder.LITTLE_ENDIAN);
    int trailer = first - TRAILER_BYTES;
    if (tail.getInt(first - MAGIC_BYTES) != MAGIC) {
      throw badFooter("no PFA1 at the end, offset %d".formatted(fileBytes - MAGIC_BYTES));
    }
    if (tail.getInt(trailer + 4) != 0) {
      throw badFooter(
          "unsupported flags %08x, compressed footers are not read"
              .formatted(tail.getInt(trailer + 4)));
    }
    int json = tail.getInt(trailer);
    long footerBytes = (long) json + MIN_FOOTER_BYTES;
    if (json < 0 || footerBytes > fileBytes - MAGIC_BYTES || footerBytes > Integer.MAX_VALUE) {
      throw badFooter(
          "a footer of %s bytes in a file of %d"
              .formatted(Integer.toUnsignedString(json), fileBytes));
    }
    if (footerBytes > first) {
      requireLikelyFooter(footerBytes);
    }
    ByteBuffer footer =
        footerBytes <= first
            ? tail.slice((int) (first - footerBytes), (int) footerBytes)
            : read(fileBytes - footerBytes, (int) footerBytes);
    if (footer.order(ByteOrder.LITTLE_ENDIAN).getInt(0) != MAGIC) {
      throw badFooter("no PFA1 at its start, offset %d".formatted(fileBytes - footerBytes));
    }
    return new PuffinLayout(path, fileBytes, footerBytes, blobs(footer.slice(MAGIC_BYTES, json)));
  }

  /** Reads {@code length} bytes at {@code offset}; the caller knows that the file is so long. */
  public ByteBuffer read(long offset, int length) {
    byte[] bytes = new byte[length];
    try {
      input.seek(offset);
      IOUtil.readFully(input, bytes, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read %d bytes at offset %d of Puffin file %s: %s"
              .formatted(length, offset, path, e.getMessage()),
          e);
    }
    return ByteBuffer.wrap(bytes);
  }

  @Override
  public void close() throws IOException {
    input.close();
  }

  /** Keeps a damaged length from claiming memory. */
  private void requireLikelyFooter(long footerBytes) {
    if (footerBytes > MAX_FOOTER_BYTES) {
      throw badFooter(
          "a footer of %d bytes, must be at most %d".formatted(footerBytes, MAX_FOOTER_BYTES));
    }
    long start = fileBytes - footerBytes;
    if (read(start, MAGIC_BYTES).order(ByteOrder.LITTLE_ENDIAN).getInt(0) != MAGIC) {
      throw badFooter("no PFA1 at its start, offset %d".formatted(start));
    }
  }

  private List<BlobMetadata> blobs(ByteBuffer json) {
    try {
      return FileMetadataParser.fromJson(StandardCharsets.UTF_8.decode(json).toString()).blobs();
    } catch (RuntimeException e) {
      throw new CorruptDeletionVectorException(
          "Cannot read the footer of Puffin file %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private CorruptDeletionVectorException badFooter(String reason) {
    return new CorruptDeletionVectorException(
        "Cannot read the footer of Puffin file %s: %s".formatted(path, reason), null);
  }
}
