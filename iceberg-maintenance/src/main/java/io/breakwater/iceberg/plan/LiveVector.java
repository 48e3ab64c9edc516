package io.breakwater.iceberg.plan;

import org.apache.iceberg.DeleteFile;

/**
 * A deletion vector that the table's manifests list.
 *
 * @param file the manifest entry: Puffin path, offset, size, referenced data file, sequence number
 * @param partition the partition and the spec that the entry belongs to
 * @param dataRows rows in the referenced data file, -1 if the table has no such data file any more
 * @param dataBytes the size of the referenced data file, 0 if the table has none
 */
public record LiveVector(DeleteFile file, Partition partition, long dataRows, long dataBytes) {

  /** Whether the referenced data file is no longer in the table, so that nothing is deleted. */
  public boolean dangling() {
    return dataRows < 0;
  }

  /** The share of the data file's rows that it deletes, 0 if there are none. */
  public double deletedRatio() {
    return dataRows <= 0 ? 0 : (double) file.recordCount() / dataRows;
  }

  /** The size of the blob in bytes. */
  public long blobBytes() {
    return file.contentSizeInBytes();
  }
}
