package io.breakwater.iceberg.convert;

import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.StructLikeMap;

/**
 * Numbers the places in which a delete holds: {@link #GLOBAL} for the whole table, or one number
 * per partition of a spec. Partitions of different specs are never the same. Not thread-safe.
 */
final class Scopes {
  /** Every data file: the scope of an equality delete of an unpartitioned spec. */
  static final int GLOBAL = 0;

  private final Map<Integer, PartitionSpec> specs;
  private final Map<Integer, StructLikeMap<Integer>> partitions = new HashMap<>();
  private int last = GLOBAL;

  Scopes(Table table) {
    this.specs = table.specs();
  }

  /** Whether an equality delete file holds for the whole table. */
  boolean isGlobal(ContentFile<?> equalityDeletes) {
    return specs.get(equalityDeletes.specId()).isUnpartitioned();
  }

  /** The number of the file's partition. A spec that came after the plan has no known partition. */
  int partitionOf(ContentFile<?> file) {
    if (!specs.containsKey(file.specId())) {
      return ++last;
    }
    StructLikeMap<Integer> ofSpec =
        partitions.computeIfAbsent(
            file.specId(), id -> StructLikeMap.create(specs.get(id).partitionType()));
    Integer known = ofSpec.get(file.partition());
    if (known == null) {
      known = ++last;
      ofSpec.put(file.partition(), known);
    }
    return known;
  }
}
