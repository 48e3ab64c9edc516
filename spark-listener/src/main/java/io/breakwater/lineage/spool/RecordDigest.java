package io.breakwater.lineage.spool;

/**
 * What must still be known of records when their segment is deleted: the fold of all records of a
 * driver, in order. Used by one thread at a time.
 */
public interface RecordDigest {

  /** Goes on from what {@link #bytes} gave; called before anything else, or not at all. */
  void restore(byte[] bytes);

  /** Takes the next record. */
  void add(byte[] payload);

  /** What {@link #restore} needs. */
  byte[] bytes();
}
