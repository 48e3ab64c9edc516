package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.dv.DeletionVector;
import io.breakwater.iceberg.dv.DeletionVectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks deletion vectors, which come sorted by Puffin file and offset, so that a task opens each
 * file once and reads it from front to back. It ends with a row that says how much it has checked.
 */
final class PuffinCheck implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(PuffinCheck.class);

  private final Broadcast<Table> table;

  PuffinCheck(Broadcast<Table> table) {
    this.table = table;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> sorted) {
    Task task = new Task(table.value());
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> task.close());
    return new Groups<>(
        new Mapped<>(sorted, Bound.RECORDS::fromRow),
        bound -> List.of(bound.entry().path(), String.valueOf(bound.entry().offset())),
        group -> task.check(group).stream().map(Finding.RECORDS::toRow).toList(),
        () -> List.of(Finding.RECORDS.toRow(task.checked())));
  }

  private static final class Task {
    private final Table table;
    private String path;
    private OpenPuffin puffin;
    private RuntimeException failure;
    private long vectors;
    private long bytes;

    Task(Table table) {
      this.table = table;
    }

    Finding checked() {
      return Finding.checked(vectors, 0, bytes);
    }

    /** Checks the vectors at one offset of one file; mostly that is one. */
    List<Finding> check(List<Bound> same) {
      Bound first = same.get(0);
      if (same.size() == 1) {
        return check(new VectorCheck(first), first, false);
      }
      boolean twice =
          same.stream()
              .allMatch(
                  bound ->
                      first.vectors() == same.size()
                          && Objects.equals(bound.entry().dataFile(), first.entry().dataFile())
                          && Objects.equals(bound.entry().size(), first.entry().size()));
      if (twice) {
        VectorCheck check = new VectorCheck(first);
        check.found(Code.VECTOR_LISTED_TWICE, "%d entries".formatted(same.size()));
        return check(check, first, false);
      }
      List<Finding> findings = new ArrayList<>();
      for (Bound bound : same) {
        VectorCheck check = new VectorCheck(bound);
        check.found(
            Code.VECTOR_SHARED, "%d entries have the blob at this offset".formatted(same.size()));
        findings.addAll(check(check, bound, true));
      }
      return findings;
    }

    private List<Finding> check(VectorCheck check, Bound bound, boolean shared) {
      Entry entry = bound.entry();
      if (!entry.selected()) {
        return List.of();
      }
      vectors++;
      if (entry.problem() != null) {
        check.found(Code.VECTOR_ENTRY, entry.problem());
        return check.findings(false, true);
      }
      check.checkMetadata();
      ByteBuffer blob = checkFile(check, entry);
      boolean mayBeRemoved = bound.rival() != null && !sameBlob(bound) && rival(check, bound, blob);
      if (bound.vectors() > 2) {
        check.found(
            Code.VECTOR_DOUBLED, "%d deletion vectors, must be one".formatted(bound.vectors()));
      }
      bytes += check.bytes();
      return check.findings(mayBeRemoved, shared);
    }

    private ByteBuffer checkFile(VectorCheck check, Entry entry) {
      try {
        return check.checkFile(open(entry.path()));
      } catch (NotFoundException e) {
        check.found(Code.PUFFIN_MISSING, Problems.of(e));
      } catch (RuntimeException e) {
        check.found(Code.PUFFIN_UNREADABLE, Problems.of(e));
      }
      return null;
    }

    private static boolean sameBlob(Bound bound) {
      return bound.entry().path().equals(bound.rival().path())
          && Objects.equals(bound.entry().offset(), bound.rival().offset());
    }

    /**
     * Decides between the two vectors of a data file. One may go if the other is younger, is good
     * and deletes at least as much, for a writer merges the vector that it replaces into its own;
     * of two equal ones either may go. Only the one that may go is a finding then.
     */
    private boolean rival(VectorCheck check, Bound bound, ByteBuffer blob) {
      Entry rival = bound.rival();
      String problem =
          "the other one is at offset %s of %s".formatted(rival.offset(), rival.path());
      VectorCheck rivalCheck = new VectorCheck(bound.ofRival());
      ByteBuffer rivalBlob = null;
      if (rival.problem() == null) {
        rivalCheck.checkMetadata();
        try (OpenPuffin other = OpenPuffin.open(table.io(), rival.path())) {
          rivalBlob = rivalCheck.checkFile(other);
        } catch (IOException | RuntimeException e) {
          rivalCheck.found(Code.PUFFIN_UNREADABLE, Problems.of(e));
        }
      }
      boolean replaced =
          blob != null
              && rivalBlob != null
              && rivalCheck.isClean()
              && replaces(rival, bound.entry(), rivalBlob, blob);
      boolean replaces =
          blob != null
              && rivalBlob != null
              && check.isClean()
              && replaces(bound.entry(), rival, blob, rivalBlob);
      if (!replaces) {
        check.found(Code.VECTOR_DOUBLED, replaced ? problem + ", which replaces it" : problem);
      }
      return replaced;
    }

    private static boolean replaces(
        Entry newer, Entry older, ByteBuffer newBlob, ByteBuffer oldBlob) {
      long positions = DeletionVector.validate(newBlob).cardinality();
      ByteBuffer union = DeletionVectors.or(List.of(newBlob, oldBlob));
      if (DeletionVector.validate(union).cardinality() != positions) {
        return false;
      }
      boolean equal = DeletionVector.validate(oldBlob).cardinality() == positions;
      int age = Long.compare(newer.sequence(), older.sequence());
      if (age == 0 && equal) {
        age = newer.path().compareTo(older.path());
        age = age == 0 ? Long.compare(newer.offset(), older.offset()) : age;
      }
      return age > 0;
    }

    private OpenPuffin open(String wanted) {
      if (!wanted.equals(path)) {
        close();
        path = wanted;
        failure = null;
        try {
          puffin = OpenPuffin.open(table.io(), wanted);
        } catch (RuntimeException e) {
          failure = e;
        }
      }
      if (failure != null) {
        throw failure;
      }
      return puffin;
    }

    void close() {
      OpenPuffin open = puffin;
      puffin = null;
      path = null;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          LOG.warn("Cannot close a Puffin file", e);
        }
      }
    }
  }
}
