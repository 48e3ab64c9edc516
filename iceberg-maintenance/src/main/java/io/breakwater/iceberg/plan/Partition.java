package io.breakwater.iceberg.plan;

import java.util.Comparator;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.PartitionSpec;

/**
 * A partition as people write it.
 *
 * @param specId the id of the partition spec
 * @param path {@code key=value/...}, empty for an unpartitioned spec
 */
public record Partition(int specId, String path) implements Comparable<Partition> {
  private static final Comparator<Partition> ORDER =
      Comparator.comparingInt(Partition::specId).thenComparing(Partition::path);

  /** The partition of {@code file}, which {@code spec} describes. */
  public static Partition of(PartitionSpec spec, ContentFile<?> file) {
    return new Partition(
        spec.specId(), spec.isPartitioned() ? spec.partitionToPath(file.partition()) : "");
  }

  @Override
  public int compareTo(Partition other) {
    return ORDER.compare(this, other);
  }
}
