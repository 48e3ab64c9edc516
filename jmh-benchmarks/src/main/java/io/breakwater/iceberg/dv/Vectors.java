package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.deletes.Deletes;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Deletion vectors as Iceberg writes them, each with the manifest entry that its reader wants.
 *
 * @param blobs their bytes
 * @param files their entries
 * @param positions how many positions each deletes
 */
public record Vectors(List<byte[]> blobs, List<DeleteFile> files, int positions) {

  /** More than these are copies, each in memory of its own: drawing them takes long. */
  private static final int DISTINCT = 20;

  /** How the deleted positions lie. */
  public enum Shape {
    /** One in a hundred, at random: array containers. */
    SPARSE,
    /** Every third: bit sets, if there are many. */
    DENSE,
    /** Blocks of 100 neighbours: runs. */
    RUNS
  }

  static Vectors of(int count, int positions, Shape shape) {
    Random random = new Random(7);
    List<byte[]> blobs = new ArrayList<>();
    List<DeleteFile> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes =
          i < DISTINCT ? blob(random, positions, shape) : blobs.get(i % DISTINCT).clone();
      blobs.add(bytes);
      files.add(
          FileMetadata.deleteFileBuilder(PartitionSpec.unpartitioned())
              .ofPositionDeletes()
              .withFormat(FileFormat.PUFFIN)
              .withPath("memory:/deletes.puffin")
              .withFileSizeInBytes(bytes.length)
              .withReferencedDataFile("memory:/data-" + i + ".parquet")
              .withContentOffset(0)
              .withContentSizeInBytes(bytes.length)
              .withRecordCount(positions)
              .build());
    }
    return new Vectors(blobs, files, positions);
  }

  private static byte[] blob(Random random, int positions, Shape shape) {
    List<Long> deleted = positions(random, positions, shape).boxed().toList();
    ByteBuffer blob = Deletes.toPositionIndex(CloseableIterable.withNoopClose(deleted)).serialize();
    byte[] bytes = new byte[blob.remaining()];
    blob.get(bytes);
    return bytes;
  }

  static LongStream positions(Random random, int count, Shape shape) {
    int start = random.nextInt(1000);
    return switch (shape) {
      case SPARSE -> random.longs(0, 100L * count).distinct().limit(count).sorted();
      case DENSE -> LongStream.range(0, count).map(i -> start + 3 * i);
      case RUNS -> LongStream.range(0, count).map(i -> start + i / 100 * 1000 + i % 100);
    };
  }

  /** So many vectors that they take about {@code bytes}, but at least one and at most 2,000. */
  static Vectors filling(int bytes, int positions, Shape shape) {
    int each = of(1, positions, shape).bytes();
    return of(Math.min(2000, Math.max(1, bytes / each)), positions, shape);
  }

  /** The limit of whatever has to look at a blob. */
  static long checksum(byte[] blob) {
    CRC32 crc = new CRC32();
    crc.update(blob);
    return crc.getValue();
  }

  int bytes() {
    return blobs.stream().mapToInt(blob -> blob.length).sum();
  }
}
