package io.breakwater.iceberg.verify;

/**
 * A live entry of a manifest; nulls are what the manifest does not say.
 *
 * @param kind the name of a {@link Kind}
 * @param path the file
 * @param specId its partition spec
 * @param partition its partition as a path
 * @param selected whether the caller wants it checked
 * @param records its number of records, or of positions
 * @param fileBytes its size
 * @param sequence its data sequence number
 * @param dataFile the only data file that it concerns: itself, if it is one
 * @param offset where the blob begins; only of deletion vectors
 * @param size the size of the blob; only of deletion vectors
 * @param problem why the entry cannot be right whatever else there is
 */
record Entry(
    String kind,
    String path,
    Integer specId,
    String partition,
    boolean selected,
    Long records,
    Long fileBytes,
    Long sequence,
    String dataFile,
    Long offset,
    Long size,
    String problem) {

  /** What an entry is; the order is the one in which the entries of a data file are looked at. */
  enum Kind {
    /** A data file. */
    DATA,
    /** A deletion vector. */
    VECTOR,
    /** A position delete file of format version 2. */
    POSITIONS,
    /** An equality delete file. */
    EQUALITY,
    /** Not an entry: a data manifest that cannot be read. */
    UNREADABLE_DATA,
    /** Not an entry: a delete manifest that cannot be read. */
    UNREADABLE_DELETES
  }

  static final Records<Entry> RECORDS = Records.of(Entry.class);

  boolean is(Kind other) {
    return kind.equals(other.name());
  }
}
