package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.dv.DeletionVector;
import io.breakwater.iceberg.dv.InvalidDeletionVectorException;
import io.breakwater.iceberg.dv.InvalidDeletionVectorException.Fault;
import io.breakwater.iceberg.verify.Finding.Repair;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.StandardBlobTypes;

/**
 * Compares what manifest, footer and blob say about one deletion vector. Not thread-safe; one per
 * vector.
 *
 * <p>A copy repairs a vector if nothing but its file and footer is wrong: the blob is good, has as
 * many positions as the manifest says, all in the data file of the manifest, and the footer binds
 * neither this blob to another data file nor another blob to this one. Then the copy is what every
 * reader sees today.
 */
final class VectorCheck {
  static final String REFERENCED_DATA_FILE = "referenced-data-file";
  private static final String CARDINALITY = "cardinality";
  private static final int HOSTILE_KEY = 1 << 16;

  private static final Set<Code> REPAIRED_BY_COPY =
      EnumSet.of(
          Code.PUFFIN_SIZE,
          Code.PUFFIN_HEADER,
          Code.PUFFIN_FOOTER,
          Code.FOOTER_BLOB_MISSING,
          Code.FOOTER_LENGTH,
          Code.FOOTER_TYPE,
          Code.FOOTER_CARDINALITY,
          Code.VECTOR_LISTED_TWICE);

  private final Bound bound;
  private final Entry entry;
  private final List<Finding> findings = new ArrayList<>();
  private boolean onlyCopyIsNeeded = true;
  private long bytes;

  VectorCheck(Bound bound) {
    this.bound = bound;
    this.entry = bound.entry();
  }

  /** How many bytes of blobs were checked. */
  long bytes() {
    return bytes;
  }

  boolean isDangling() {
    return bound.dataEntries() != null && bound.dataEntries() == 0;
  }

  void found(Code code, String problem) {
    onlyCopyIsNeeded &= REPAIRED_BY_COPY.contains(code);
    findings.add(Finding.of(code, entry, problem, null));
  }

  /** Compares the entry with the data file's. */
  void checkMetadata() {
    if (isDangling()) {
      found(Code.VECTOR_DANGLING, "no data file %s".formatted(entry.dataFile()));
    }
    Entry data = bound.data();
    if (data == null) {
      onlyCopyIsNeeded = false;
      return;
    }
    if (!data.path().equals(entry.dataFile())) {
      found(Code.VECTOR_PATH, "the table has the data file as %s".formatted(data.path()));
    }
    if (bound.dataEntries() != null && bound.dataEntries() > 1) {
      found(Code.DATA_FILE_LISTED_TWICE, "%d entries".formatted(bound.dataEntries()));
    }
    if (entry.sequence() != null && entry.sequence() < data.sequence()) {
      found(
          Code.VECTOR_OLDER_THAN_DATA,
          "data sequence number %d, the data file has %d"
              .formatted(entry.sequence(), data.sequence()));
    }
    if (!Objects.equals(entry.specId(), data.specId())
        || !Objects.equals(entry.partition(), data.partition())) {
      found(
          Code.VECTOR_PARTITION,
          "partition '%s' of spec %d, the data file is in '%s' of spec %d"
              .formatted(entry.partition(), entry.specId(), data.partition(), data.specId()));
    }
  }

  /**
   * Compares entry, footer and blob.
   *
   * @return the blob if it is a deletion vector, else null
   */
  ByteBuffer checkFile(OpenPuffin puffin) {
    if (puffin.fileBytes() != entry.fileBytes()) {
      found(
          Code.PUFFIN_SIZE,
          "%d bytes, the manifest says %d".formatted(puffin.fileBytes(), entry.fileBytes()));
    }
    puffin.badFooter().ifPresent(reason -> found(Code.PUFFIN_FOOTER, reason));
    if (entry.size() > puffin.blobsEnd() - entry.offset()) {
      found(
          Code.BLOB_RANGE,
          "%d bytes at offset %d, the blobs of the file end at %d"
              .formatted(entry.size(), entry.offset(), puffin.blobsEnd()));
      return null;
    }
    if (puffin.badFooter().isEmpty()) {
      checkFooter(puffin);
    }
    ByteBuffer blob = puffin.blob(entry.offset(), Math.toIntExact(entry.size()));
    if (puffin.badHeader()) {
      found(Code.PUFFIN_HEADER, "no PFA1 at offset 0");
    }
    return checkBlob(blob) ? blob : null;
  }

  private void checkFooter(OpenPuffin puffin) {
    BlobMetadata blob = puffin.footerAt(entry.offset()).orElse(null);
    puffin
        .footerFor(entry.dataFile(), entry.offset())
        .ifPresent(
            other ->
                found(
                    Code.FOOTER_DATA_FILE,
                    "the footer has the vector of this data file at offset %d"
                        .formatted(other.offset())));
    if (blob == null) {
      found(Code.FOOTER_BLOB_MISSING, "no blob begins at offset %d".formatted(entry.offset()));
      return;
    }
    if (blob.length() != entry.size()) {
      found(
          Code.FOOTER_LENGTH,
          "the footer says %d bytes, the manifest %d".formatted(blob.length(), entry.size()));
    }
    if (!StandardBlobTypes.DV_V1.equals(blob.type()) || blob.compressionCodec() != null) {
      found(
          Code.FOOTER_TYPE,
          "type %s, compression %s".formatted(blob.type(), blob.compressionCodec()));
    }
    String dataFile = blob.properties().get(REFERENCED_DATA_FILE);
    if (dataFile == null) {
      found(Code.FOOTER_BLOB_MISSING, "the blob has no property " + REFERENCED_DATA_FILE);
    } else if (!dataFile.equals(entry.dataFile())) {
      found(Code.FOOTER_DATA_FILE, "the footer says data file %s".formatted(dataFile));
    }
    String cardinality = blob.properties().get(CARDINALITY);
    if (!String.valueOf(entry.records()).equals(cardinality)) {
      found(
          Code.FOOTER_CARDINALITY,
          "the footer says %s positions, the manifest %d".formatted(cardinality, entry.records()));
    }
  }

  private boolean checkBlob(ByteBuffer blob) {
    bytes += blob.remaining();
    DeletionVector vector;
    try {
      vector = DeletionVector.validateContents(blob);
    } catch (InvalidDeletionVectorException e) {
      found(Code.of(e.fault()), Problems.of(e));
      if (e.fault() != Fault.LENGTH && e.fault() != Fault.MAGIC) {
        checkKey(DeletionVector.claimedKey(blob));
      }
      return false;
    }
    checkKey(vector.lastKey());
    if (vector.cardinality() != entry.records()) {
      found(
          Code.CARDINALITY,
          "%d positions, the manifest says %d".formatted(vector.cardinality(), entry.records()));
    }
    if (bound.data() != null && vector.lastPosition() >= bound.data().records()) {
      found(
          Code.POSITION_BEYOND_ROWS,
          "position %d of a data file with %d rows"
              .formatted(vector.lastPosition(), bound.data().records()));
    }
    return true;
  }

  private void checkKey(int key) {
    if (key >= HOSTILE_KEY) {
      found(
          Code.BLOB_HOSTILE_KEY,
          "key %d in %d bytes: readers allocate as many bitmaps".formatted(key, entry.size()));
    }
  }

  /** Whether nothing was found. */
  boolean isClean() {
    return findings.isEmpty();
  }

  /**
   * What was found, with what repairs it.
   *
   * @param mayBeRemoved whether the table is the same without the vector
   * @param shared whether another entry has the same blob, so that neither can be replaced alone
   */
  List<Finding> findings(boolean mayBeRemoved, boolean shared) {
    Repair repair =
        shared
            ? null
            : mayBeRemoved || isDangling() ? Repair.REMOVE : onlyCopyIsNeeded ? Repair.COPY : null;
    return findings.stream().map(finding -> finding.with(repair)).toList();
  }
}
