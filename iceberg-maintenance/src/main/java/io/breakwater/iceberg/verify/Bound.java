package io.breakwater.iceberg.verify;

/**
 * What the entries of one data file say together.
 *
 * @param what the name of a {@link What}
 * @param entry the entry that it is about; of a {@link What#PARTITION} only spec and partition
 * @param dataEntries how often the data file is listed, null if that cannot be known
 * @param data the youngest of these entries; if there is none, one whose path differs in its scheme
 *     only
 * @param vectors how many deletion vectors the data file has; of a partition, how many data files
 *     have one
 * @param rival the other vector, if there are two
 * @param minSequence the least data sequence number of a data file; only of a partition
 * @param minUnshadowedSequence the least one of a data file without a vector; only of a partition
 */
record Bound(
    String what,
    Entry entry,
    Long dataEntries,
    Entry data,
    long vectors,
    Entry rival,
    Long minSequence,
    Long minUnshadowedSequence) {

  /** What a row is about. */
  enum What {
    /** A deletion vector. */
    VECTOR,
    /** A position delete file that concerns one data file only. */
    POSITIONS,
    /** Some data files of a partition. */
    PARTITION
  }

  static final Records<Bound> RECORDS = Records.of(Bound.class);

  /** The same, about the other vector. */
  Bound ofRival() {
    Entry other = rival;
    Entry self = entry;
    return new Bound(
        what, other, dataEntries, data, vectors, self, minSequence, minUnshadowedSequence);
  }
}
