package io.breakwater.iceberg.verify;

/**
 * One thing that is wrong, as it travels from the tasks to the driver; or, without a code, how much
 * a task has checked.
 *
 * @param code the name of a {@link Code}, null if nothing is wrong
 * @param dataFile the data file that it concerns, if it is one
 * @param file the Puffin, delete or manifest file that is wrong
 * @param offset where the blob begins; only of deletion vectors
 * @param size the size of the blob by the manifest; only of deletion vectors
 * @param problem the values that contradict each other
 * @param repair the name of a {@link Repair}, null if nothing is provably right
 * @param vectors deletion vectors checked, only without a code
 * @param deleteFiles position and equality delete files checked, only without a code
 * @param bytes bytes of blobs checked, only without a code
 */
record Finding(
    String code,
    String dataFile,
    String file,
    Long offset,
    Long size,
    String problem,
    String repair,
    long vectors,
    long deleteFiles,
    long bytes) {

  /** What makes a finding go away without changing an answer. */
  enum Repair {
    /** Remove the entry from the table: no reader looks at it. */
    REMOVE,
    /** Copy the blob, which is good, into a new Puffin file with a good footer. */
    COPY
  }

  static final Records<Finding> RECORDS = Records.of(Finding.class);

  static Finding of(Code code, Entry entry, String problem, Repair repair) {
    return new Finding(
        code.name(),
        entry.dataFile(),
        entry.path(),
        entry.offset(),
        entry.size(),
        problem,
        repair == null ? null : repair.name(),
        0,
        0,
        0);
  }

  static Finding checked(long vectors, long deleteFiles, long bytes) {
    return new Finding(null, null, null, null, null, null, null, vectors, deleteFiles, bytes);
  }

  Finding with(Repair newRepair) {
    return new Finding(
        code,
        dataFile,
        file,
        offset,
        size,
        problem,
        newRepair == null ? null : newRepair.name(),
        vectors,
        deleteFiles,
        bytes);
  }
}
