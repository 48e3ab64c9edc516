package io.breakwater.iceberg.convert;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DeleteFile;

/**
 * Deletes that leave the table in one commit, with every data file that they may delete rows of.
 * Filled by the planner, then only read.
 */
final class ConvertGroup {
  /** The deletes of one join and the data files that they may match. */
  record Matching(List<DeleteFile> deletes, List<Candidate> files) {}

  private final Map<KeyColumns, Matching> matchings = new LinkedHashMap<>();
  private final Set<Candidate> candidates = new LinkedHashSet<>();
  private final List<DeleteFile> equalityDeletes = new ArrayList<>();
  private final List<DeleteFile> positionDeletes = new ArrayList<>();
  private final List<DeleteFile> coveredPositionDeletes = new ArrayList<>();

  void addEqualityDeletes(KeyColumns keys, DeleteFile file) {
    equalityDeletes.add(file);
    matching(keys).deletes().add(file);
  }

  void addMatch(KeyColumns keys, Candidate candidate) {
    matching(keys).files().add(candidate);
    candidates.add(candidate);
  }

  void addPositionDeletes(DeleteFile file, boolean covered) {
    positionDeletes.add(file);
    if (covered) {
      coveredPositionDeletes.add(file);
    }
  }

  void addCandidate(Candidate candidate) {
    candidates.add(candidate);
  }

  void addAll(ConvertGroup other) {
    other.matchings.forEach(
        (keys, matching) -> {
          matching(keys).deletes().addAll(matching.deletes());
          matching(keys).files().addAll(matching.files());
        });
    candidates.addAll(other.candidates);
    equalityDeletes.addAll(other.equalityDeletes);
    positionDeletes.addAll(other.positionDeletes);
    coveredPositionDeletes.addAll(other.coveredPositionDeletes);
  }

  Map<KeyColumns, Matching> matchings() {
    return matchings;
  }

  /** Every data file that may lose rows. */
  Set<Candidate> candidates() {
    return candidates;
  }

  List<DeleteFile> equalityDeletes() {
    return equalityDeletes;
  }

  /** Version 2 position deletes of the candidates, which a new vector must include. */
  List<DeleteFile> positionDeletes() {
    return positionDeletes;
  }

  /** Those of them that delete rows of no other data file, so that they leave the table, too. */
  List<DeleteFile> coveredPositionDeletes() {
    return coveredPositionDeletes;
  }

  /** The old vectors of the data files that have new ones. */
  List<DeleteFile> replacedVectors(List<DeleteFile> newVectors) {
    Set<String> dataFiles = new HashSet<>();
    newVectors.forEach(vector -> dataFiles.add(vector.referencedDataFile()));
    return candidates.stream()
        .filter(candidate -> candidate.vector() != null)
        .filter(candidate -> dataFiles.contains(candidate.location()))
        .map(Candidate::vector)
        .toList();
  }

  long dataBytes() {
    return candidates.stream().mapToLong(candidate -> candidate.file().fileSizeInBytes()).sum();
  }

  long equalityDeleteRows() {
    return equalityDeletes.stream().mapToLong(DeleteFile::recordCount).sum();
  }

  long partitions() {
    return candidates.stream().mapToInt(Candidate::partition).distinct().count();
  }

  private Matching matching(KeyColumns keys) {
    return matchings.computeIfAbsent(
        keys, key -> new Matching(new ArrayList<>(), new ArrayList<>()));
  }
}
