package io.breakwater.iceberg.plan;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.puffin.BlobMetadata;

/**
 * A Puffin file seen from both sides: what its footer lists and what the table still references.
 *
 * @param layout what the footer says
 * @param vectors the deletion vectors that the table references in it, by offset
 */
public record PuffinContent(PuffinLayout layout, List<LiveVector> vectors) {

  /** Sorts the vectors, so that they are read from the front to the back of the file. */
  public PuffinContent {
    vectors =
        vectors.stream()
            .sorted(Comparator.comparingLong(vector -> vector.file().contentOffset()))
            .toList();
  }

  /** Bytes of blobs that the table references. */
  public long liveBlobBytes() {
    return vectors.stream().mapToLong(LiveVector::blobBytes).sum();
  }

  /** Blobs that the table does not reference any more. */
  public List<BlobMetadata> deadBlobs() {
    Set<Long> live = new HashSet<>();
    vectors.forEach(vector -> live.add(vector.file().contentOffset()));
    return layout.blobs().stream().filter(blob -> !live.contains(blob.offset())).toList();
  }

  /** Bytes of blobs that the table does not reference any more. */
  public long deadBlobBytes() {
    return deadBlobs().stream().mapToLong(BlobMetadata::length).sum();
  }

  /**
   * Bytes that stay only because a vector beside them is still needed: dead blobs, and their share
   * of the footer.
   */
  public long pinnedBytes() {
    int blobs = layout.blobs().size();
    return blobs == 0 ? 0 : deadBlobBytes() + layout.footerBytes() * deadBlobs().size() / blobs;
  }

  /** The share of blob bytes that nobody needs: dead blobs and vectors of data files now gone. */
  double uselessRatio() {
    long dangling =
        vectors.stream().filter(LiveVector::dangling).mapToLong(LiveVector::blobBytes).sum();
    long all = liveBlobBytes() + deadBlobBytes();
    return all == 0 ? 0 : (double) (deadBlobBytes() + dangling) / all;
  }
}
