package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.dv.DeletionVector;
import io.breakwater.iceberg.dv.DeletionVectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.iceberg.Table;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/**
 * Compares each deletion vector with the version 2 position deletes that it hides from readers: it
 * must include them. {@link Content} rows come sorted by data file. A pair that cannot be compared
 * gives a row without a code, so that the file is kept.
 */
final class LostDeletes implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<Table> table;

  LostDeletes(Broadcast<Table> table) {
    this.table = table;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> sorted) {
    return new Groups<>(
        new Mapped<>(sorted, Content.RECORDS::fromRow), Content::dataFile, this::compare, List::of);
  }

  private List<Row> compare(List<Content> group) {
    List<Bound> vectors =
        group.stream().map(Content::vector).filter(vector -> vector != null).toList();
    List<Row> findings = new ArrayList<>();
    ByteBuffer blob = null;
    for (Content content : group) {
      if (content.problem() != null) {
        findings.add(unknown(content));
      } else if (content.vector() == null && vectors.size() > 1) {
        findings.add(unknown(content));
      } else if (content.vector() == null
          && !vectors.isEmpty()
          && applies(content, vectors.get(0))) {
        blob = blob == null ? good(vectors.get(0)) : blob;
        if (blob == null) {
          findings.add(unknown(content));
        } else {
          compare(content, vectors.get(0).entry(), blob, findings);
        }
      }
    }
    return findings;
  }

  private static boolean applies(Content content, Bound vector) {
    return vector.data() != null && content.sequence() >= vector.data().sequence();
  }

  private static void compare(Content content, Entry vector, ByteBuffer blob, List<Row> findings) {
    ByteBuffer positions = content.positions();
    long included = DeletionVector.validate(blob).cardinality();
    ByteBuffer union = DeletionVectors.or(List.of(blob, positions));
    long lost = DeletionVector.validate(union).cardinality() - included;
    if (lost > 0) {
      findings.add(
          row(
              Code.DELETES_LOST,
              content,
              "%d of its %d positions in the data file are not in the vector at offset %d of %s"
                  .formatted(
                      lost,
                      DeletionVector.validate(positions).cardinality(),
                      vector.offset(),
                      vector.path())));
    }
  }

  /** The blob of the vector if there is nothing wrong with it, else null. */
  private ByteBuffer good(Bound vector) {
    if (vector.entry().problem() != null) {
      return null;
    }
    VectorCheck check = new VectorCheck(vector);
    try (OpenPuffin puffin = OpenPuffin.open(table.value().io(), vector.entry().path())) {
      check.checkMetadata();
      ByteBuffer blob = check.checkFile(puffin);
      return check.isClean() ? blob : null;
    } catch (IOException | RuntimeException e) {
      check.found(Code.PUFFIN_UNREADABLE, Problems.of(e));
      return null;
    }
  }

  private static Row unknown(Content content) {
    return row(null, content, content.problem());
  }

  private static Row row(Code code, Content content, String problem) {
    return Finding.RECORDS.toRow(
        new Finding(
            code == null ? null : code.name(),
            content.dataFile(),
            content.file(),
            null,
            null,
            problem,
            null,
            0,
            0,
            0));
  }
}
