package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.verify.Bound.What;
import io.breakwater.iceberg.verify.Entry.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Brings the entries of each data file together: those of a task come sorted by data file without
 * its {@link #SCHEME}. Of data files, only the least sequence numbers per partition go on.
 */
final class ByDataFile implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  /** What a path may begin with and still mean the same file: {@code file:///}, {@code s3a://}. */
  static final String SCHEME = "^([A-Za-z][A-Za-z0-9+.-]*:)?/*";

  private static final Pattern SCHEMES = Pattern.compile(SCHEME);

  private final boolean allDataKnown;

  /**
   * A step of the check.
   *
   * @param allDataKnown whether every data manifest could be read, so that a data file that is not
   *     there is not in the table
   */
  ByDataFile(boolean allDataKnown) {
    this.allDataKnown = allDataKnown;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> sorted) {
    Map<List<Object>, Bound> partitions = new HashMap<>();
    Iterator<Row> rows = sorted;
    return new Groups<>(
        new Mapped<>(rows, Entry.RECORDS::fromRow),
        entry -> entry.dataFile() == null ? null : withoutScheme(entry.dataFile()),
        group -> bindEach(group, partitions),
        () -> partitions.values().stream().map(Bound.RECORDS::toRow).toList());
  }

  static String withoutScheme(String path) {
    return SCHEMES.matcher(path).replaceFirst("");
  }

  /** Paths that differ in their scheme are not the same to readers, but belong together. */
  private List<Row> bindEach(List<Entry> group, Map<List<Object>, Bound> partitions) {
    Map<String, List<Entry>> byPath = new LinkedHashMap<>();
    for (Entry entry : group) {
      byPath
          .computeIfAbsent(String.valueOf(entry.dataFile()), path -> new ArrayList<>())
          .add(entry);
    }
    List<Row> bound = new ArrayList<>();
    for (List<Entry> same : byPath.values()) {
      bound.addAll(bind(same, group, partitions));
    }
    return bound;
  }

  private List<Row> bind(
      List<Entry> group, List<Entry> alike, Map<List<Object>, Bound> partitions) {
    List<Entry> data =
        group.stream()
            .filter(entry -> entry.is(Kind.DATA))
            .sorted(Comparator.comparing(Entry::sequence).reversed())
            .toList();
    Optional<Entry> other = alike.stream().filter(entry -> entry.is(Kind.DATA)).findFirst();
    List<Entry> vectors = group.stream().filter(entry -> entry.is(Kind.VECTOR)).toList();
    for (Entry file : data) {
      partitions.merge(
          List.of(file.specId(), file.partition()),
          partition(file, vectors.isEmpty()),
          ByDataFile::least);
    }
    List<Row> bound = new ArrayList<>();
    for (Entry entry : group) {
      if (!entry.is(Kind.DATA)) {
        boolean vector = entry.is(Kind.VECTOR);
        bound.add(
            Bound.RECORDS.toRow(
                new Bound(
                    (vector ? What.VECTOR : What.POSITIONS).name(),
                    entry,
                    data.isEmpty() && (!allDataKnown || other.isPresent())
                        ? null
                        : (long) data.size(),
                    data.isEmpty() ? other.orElse(null) : data.get(0),
                    vectors.size(),
                    vector && vectors.size() == 2
                        ? vectors.get(vectors.get(0).equals(entry) ? 1 : 0)
                        : null,
                    null,
                    null)));
      }
    }
    return bound;
  }

  private static Bound partition(Entry file, boolean unshadowed) {
    return new Bound(
        What.PARTITION.name(),
        file,
        null,
        null,
        unshadowed ? 0 : 1,
        null,
        file.sequence(),
        unshadowed ? file.sequence() : null);
  }

  private static Bound least(Bound one, Bound other) {
    return new Bound(
        one.what(),
        one.entry(),
        null,
        null,
        one.vectors() + other.vectors(),
        null,
        least(one.minSequence(), other.minSequence()),
        least(one.minUnshadowedSequence(), other.minUnshadowedSequence()));
  }

  private static Long least(Long one, Long other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return Math.min(one, other);
  }
}
