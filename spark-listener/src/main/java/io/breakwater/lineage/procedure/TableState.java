package io.breakwater.lineage.procedure;

import java.time.Instant;
import java.util.Optional;

/**
 * A branch of a table at one moment.
 *
 * @param formatVersion the version of the table's format
 * @param snapshots how many snapshots its metadata keeps
 * @param snapshot what the branch points to; empty if nothing was ever written to it
 */
record TableState(int formatVersion, int snapshots, Optional<Snapshot> snapshot) {

  /**
   * A snapshot and its totals; a total is missing if its writer left it out.
   *
   * @param id its id
   * @param sequenceNumber its sequence number
   * @param committed when it was committed
   * @param dataFiles live data files
   * @param deleteFiles live delete files of every kind; each deletion vector counts as one
   * @param deletionVectors live deletion vectors; missing if they could not be counted in time
   * @param records records in the data files, deleted ones too
   * @param bytes sizes of all live files
   */
  record Snapshot(
      long id,
      long sequenceNumber,
      Instant committed,
      Optional<Long> dataFiles,
      Optional<Long> deleteFiles,
      Optional<Long> deletionVectors,
      Optional<Long> records,
      Optional<Long> bytes) {}
}
