package io.breakwater.iceberg.run;

import io.breakwater.iceberg.dv.DeletionVector;
import io.breakwater.iceberg.dv.InvalidDeletionVectorException;
import io.breakwater.iceberg.plan.LiveVector;
import io.breakwater.iceberg.plan.PuffinLayout;
import io.breakwater.iceberg.plan.RewritePlan.Group;
import io.breakwater.iceberg.plan.RewritePlan.Part;
import io.breakwater.iceberg.run.NewPuffin.Replacement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.puffin.BlobMetadata;
import org.apache.iceberg.puffin.StandardBlobTypes;

/**
 * Copies blobs byte by byte into a new Puffin file, each checked on the way: the old footer lists
 * it, for the same data file and cardinality as the manifest; its own length, magic, checksum and
 * structure are good; its cardinality is the manifest's; its last position is in the data file.
 */
final class VectorCopy {
  private static final String REFERENCED_DATA_FILE = "referenced-data-file";
  private static final String CARDINALITY = "cardinality";

  private final Table table;

  VectorCopy(Table table) {
    this.table = table;
  }

  /**
   * Writes the file of one group.
   *
   * @throws CorruptDeletionVectorException if a vector is not what the manifest says; the file may
   *     be there, incomplete
   */
  NewPuffin write(Group group, OutputFile output) {
    VectorPuffin puffin = new VectorPuffin(table, output);
    try (puffin) {
      for (Part part : group.parts()) {
        copy(part, puffin);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write Puffin file %s: %s".formatted(output.location(), e.getMessage()), e);
    }
    List<DeleteFile> copies = puffin.copies();
    List<Replacement> replacements = new ArrayList<>();
    for (LiveVector vector : group.vectors()) {
      replacements.add(new Replacement(vector, copies.get(replacements.size())));
    }
    return new NewPuffin(output.location(), puffin.fileBytes(), List.copyOf(replacements));
  }

  private void copy(Part part, VectorPuffin puffin) throws IOException {
    PuffinLayout source = part.source();
    Map<Long, BlobMetadata> footer = new HashMap<>();
    source.blobs().forEach(blob -> footer.put(blob.offset(), blob));
    try (PuffinFile file = PuffinFile.open(table.io(), source.path(), source.fileBytes())) {
      for (LiveVector vector : part.vectors()) {
        DeleteFile entry = vector.file();
        checkFooter(entry, footer.get(entry.contentOffset()));
        long blobsEnd = source.fileBytes() - source.footerBytes();
        if (entry.contentOffset() < 0
            || entry.contentSizeInBytes() > blobsEnd - entry.contentOffset()) {
          throw corrupt(entry, "it would end after the last blob, at %d".formatted(blobsEnd), null);
        }
        ByteBuffer blob =
            file.read(entry.contentOffset(), Math.toIntExact(entry.contentSizeInBytes()));
        checkBlob(vector, blob);
        puffin.add(entry, blob);
      }
    }
  }

  private static void checkFooter(DeleteFile entry, BlobMetadata blob) {
    if (blob == null || blob.length() != entry.contentSizeInBytes()) {
      throw corrupt(
          entry,
          "the footer lists no blob of %d bytes there".formatted(entry.contentSizeInBytes()),
          null);
    }
    if (!StandardBlobTypes.DV_V1.equals(blob.type()) || blob.compressionCodec() != null) {
      throw corrupt(
          entry,
          "the footer says type %s, compression %s, must be %s, uncompressed"
              .formatted(blob.type(), blob.compressionCodec(), StandardBlobTypes.DV_V1),
          null);
    }
    String bound = blob.properties().get(REFERENCED_DATA_FILE);
    if (!entry.referencedDataFile().equals(bound)) {
      throw corrupt(entry, "the footer binds it to data file %s".formatted(bound), null);
    }
    String cardinality = blob.properties().get(CARDINALITY);
    if (!String.valueOf(entry.recordCount()).equals(cardinality)) {
      throw corrupt(
          entry,
          "the footer says %s positions, the manifest %d"
              .formatted(cardinality, entry.recordCount()),
          null);
    }
  }

  private static void checkBlob(LiveVector vector, ByteBuffer blob) {
    DeleteFile entry = vector.file();
    DeletionVector content;
    try {
      content = DeletionVector.validate(blob);
    } catch (InvalidDeletionVectorException e) {
      throw corrupt(entry, e.getMessage(), e);
    }
    if (content.cardinality() != entry.recordCount()) {
      throw corrupt(
          entry,
          "it has %d positions, the manifest says %d"
              .formatted(content.cardinality(), entry.recordCount()),
          null);
    }
    if (content.lastPosition() >= vector.dataRows()) {
      throw corrupt(
          entry,
          "it deletes position %d of a data file with %d rows"
              .formatted(content.lastPosition(), vector.dataRows()),
          null);
    }
  }

  private static CorruptDeletionVectorException corrupt(
      DeleteFile entry, String reason, Throwable cause) {
    return new CorruptDeletionVectorException(
        "Cannot copy the deletion vector of data file %s at offset %d of Puffin file %s: %s; queries"
                .formatted(
                    entry.referencedDataFile(), entry.contentOffset(), entry.location(), reason)
            + " of that data file fail or give wrong rows, roll the table back to a snapshot without"
            + " this vector or restore the file",
        cause);
  }
}
