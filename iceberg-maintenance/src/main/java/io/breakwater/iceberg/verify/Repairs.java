package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.dv.DeletionVector;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.ForwardOnly;
import io.breakwater.iceberg.run.PuffinFile;
import io.breakwater.iceberg.run.SafeCommit;
import io.breakwater.iceberg.run.VectorPuffin;
import io.breakwater.iceberg.verify.Finding.Repair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.OutputFileFactory;

/**
 * Repairs what a check found to be provably repairable, in one commit: entries that no reader looks
 * at leave the table, good blobs in bad files get a new file. No answer changes.
 */
final class Repairs {
  static final String PURPOSE = "repair deletion vectors";

  private final Target target;
  private final Findings findings;
  private final boolean mayRemove;

  Repairs(Target target, Findings findings) {
    this.target = target;
    this.findings = findings;
    this.mayRemove = ForwardOnly.isSupported();
  }

  /** Why {@code finding} will not be repaired although it is known how; null if it will. */
  String refusal(Finding finding) {
    if (!findings.complete()) {
      return "nothing is repaired while a manifest cannot be read";
    }
    if (finding.repair().equals(Repair.REMOVE.name()) && !mayRemove) {
      return "Iceberg before 1.11 cannot remove it safely, because a concurrent rollback could need"
          + " it again";
    }
    return null;
  }

  boolean repairs(Finding finding) {
    return finding.repair() != null && refusal(finding) == null;
  }

  /**
   * Commits all repairs.
   *
   * @return the new snapshot; nothing if somebody expired it already
   * @throws ValidationException if a concurrent commit changed what was to be repaired
   */
  Optional<Snapshot> run() {
    Map<Key, Repair> repairs = new HashMap<>();
    for (Finding finding : findings.listed()) {
      if (repairs(finding)) {
        repairs.put(
            new Key(finding.file(), finding.offset(), finding.size()),
            Repair.valueOf(finding.repair()));
      }
    }
    List<DeleteFile> removed = new ArrayList<>();
    Map<Key, DeleteFile> copied = new HashMap<>();
    for (DeleteFile entry : entries(repairs.keySet())) {
      removed.add(entry);
      if (repairs.get(Key.of(entry)) == Repair.COPY) {
        copied.put(Key.of(entry), entry);
      }
    }
    requireAll(repairs.keySet(), removed);
    SafeCommit commit = new SafeCommit(target, PURPOSE);
    return commit.run(() -> update(removed, List.copyOf(copied.values()), repairs, commit));
  }

  private RewriteFiles update(
      List<DeleteFile> removed,
      List<DeleteFile> copied,
      Map<Key, Repair> repairs,
      SafeCommit commit) {
    List<DeleteFile> copies = copied.isEmpty() ? List.of() : copy(copied, commit);
    RewriteFiles rewrite = target.table().newRewrite().validateFromSnapshot(findings.snapshotId());
    removed.forEach(rewrite::deleteFile);
    for (int i = 0; i < copies.size(); i++) {
      rewrite.addFile(copies.get(i), copied.get(i).dataSequenceNumber());
    }
    if (repairs.containsValue(Repair.REMOVE)) {
      ForwardOnly.require(rewrite, findings.snapshotId(), target.name());
    }
    return rewrite;
  }

  private List<DeleteFile> copy(List<DeleteFile> entries, SafeCommit commit) {
    OutputFile output =
        OutputFileFactory.builderFor(target.table(), 0, 0)
            .format(FileFormat.PUFFIN)
            .operationId(commit.id())
            .suffix("deletes")
            .build()
            .newOutputFile()
            .encryptingOutputFile();
    commit.writes(output.location());
    VectorPuffin puffin = new VectorPuffin(target.table(), output);
    try (puffin) {
      for (DeleteFile entry : entries) {
        puffin.add(entry, blob(entry));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write Puffin file %s: %s".formatted(output.location(), e.getMessage()), e);
    }
    return puffin.copies();
  }

  private ByteBuffer blob(DeleteFile entry) throws IOException {
    long fileBytes = target.table().io().newInputFile(entry.location()).getLength();
    try (PuffinFile file = PuffinFile.open(target.table().io(), entry.location(), fileBytes)) {
      ByteBuffer blob =
          file.read(entry.contentOffset(), Math.toIntExact(entry.contentSizeInBytes()));
      DeletionVector vector = DeletionVector.validateContents(blob);
      if (vector.cardinality() != entry.recordCount()) {
        throw new IllegalStateException(
            "Cannot %s of %s: %s changed since it was checked; check again"
                .formatted(PURPOSE, target.name(), entry.location()));
      }
      return blob;
    }
  }

  /**
   * The entries of the snapshot that was checked; a later one may have others. All manifests are
   * read: an entry that is listed twice may be in two, and Iceberg removes only what it was given
   * from the manifest that it was read from.
   */
  private List<DeleteFile> entries(Set<Key> keys) {
    List<DeleteFile> entries = new ArrayList<>();
    Snapshot checked = target.table().snapshot(findings.snapshotId());
    if (checked == null) {
      throw new ValidationException(
          "Snapshot %d was expired since it was checked", findings.snapshotId());
    }
    for (ManifestFile manifest : checked.deleteManifests(target.table().io())) {
      try (ManifestReader<DeleteFile> reader =
          ManifestFiles.readDeleteManifest(manifest, target.table().io(), target.table().specs())) {
        for (DeleteFile entry : reader) {
          if (keys.contains(Key.of(entry))) {
            entries.add(entry);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot read delete manifest %s: %s".formatted(manifest.path(), e.getMessage()), e);
      }
    }
    return entries;
  }

  private void requireAll(Set<Key> keys, List<DeleteFile> entries) {
    Set<Key> found = entries.stream().map(Key::of).collect(Collectors.toSet());
    for (Key key : keys) {
      if (!found.contains(key)) {
        throw new IllegalStateException(
            "Cannot %s of %s: the entry of %s is not where it was read; check again"
                .formatted(PURPOSE, target.name(), key));
      }
    }
  }

  /** What Iceberg tells delete files apart by. */
  private record Key(String path, Long offset, Long size) {
    static Key of(DeleteFile entry) {
      return new Key(entry.location(), entry.contentOffset(), entry.contentSizeInBytes());
    }
  }
}
