package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.apache.iceberg.deletes.Deletes;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;

/** Sets of positions that make every form of container, and their rivals' view of them. */
final class Positions {
  private Positions() {}

  /** Scattered positions with blocks of neighbours and of every third, up to {@code max}. */
  static Arbitrary<SortedSet<Long>> upTo(long max) {
    Arbitrary<Long> position = Arbitraries.longs().between(0, max);
    Arbitrary<Set<Long>> none = Arbitraries.just(Set.of());
    return Combinators.combine(
            position.set().ofMaxSize(50),
            Arbitraries.oneOf(List.of(none, block(position, 1))),
            Arbitraries.oneOf(List.of(none, block(position, 3))))
        .as(
            (first, second, third) -> {
              SortedSet<Long> all = new TreeSet<>(first);
              all.addAll(second);
              all.addAll(third);
              return all;
            });
  }

  /** As Iceberg writes them, which it refuses to do for none. */
  static ByteBuffer iceberg(Set<Long> positions) {
    PositionDeleteIndex index = Deletes.toPositionIndex(CloseableIterable.withNoopClose(positions));
    return positions.isEmpty() ? new DeletionVectorWriter().toBlob() : index.serialize();
  }

  static List<Long> of(ByteBuffer blob) {
    List<Long> positions = new ArrayList<>();
    DeletionVectors.forEach(blob, positions::add);
    return positions;
  }

  private static Arbitrary<Set<Long>> block(Arbitrary<Long> start, int step) {
    return Combinators.combine(start, Arbitraries.integers().between(1, 12_000))
        .as(
            (from, count) -> {
              TreeSet<Long> block = new TreeSet<>();
              for (int i = 0; i < count; i++) {
                block.add(from + (long) i * step);
              }
              return block;
            });
  }
}
