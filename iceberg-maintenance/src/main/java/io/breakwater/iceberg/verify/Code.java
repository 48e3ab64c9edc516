package io.breakwater.iceberg.verify;

import static io.breakwater.iceberg.verify.Severity.ERROR;
import static io.breakwater.iceberg.verify.Severity.WARNING;

import io.breakwater.iceberg.dv.InvalidDeletionVectorException.Fault;

/** Everything that can be found, with what it means for queries and what to do about it. */
public enum Code {
  MANIFEST_UNREADABLE(
      ERROR,
      "A manifest is missing or damaged; what it lists was not checked, and nothing is repaired.",
      "restore the manifest from a backup, or roll back to a snapshot without it"),
  VECTOR_ENTRY(
      ERROR,
      "The manifest entry of a deletion vector lacks its data file, offset or size, or has an"
          + " impossible one; readers fail.",
      Text.ROLL_BACK),
  VECTOR_DANGLING(
      WARNING,
      "The data file of a deletion vector is not in the table: it deletes nothing.",
      Text.REPAIR),
  VECTOR_DOUBLED(ERROR, "A data file has two deletion vectors; scans of it fail.", Text.ROLL_BACK),
  VECTOR_LISTED_TWICE(
      ERROR, "The same deletion vector is in the manifests twice; scans fail.", Text.REPAIR),
  VECTOR_SHARED(
      ERROR,
      "One blob is the deletion vector of two data files: at least one of them shows wrong rows.",
      Text.ROLL_BACK),
  VECTOR_OLDER_THAN_DATA(
      ERROR,
      "The sequence number of a deletion vector is less than that of its data file; scans fail.",
      Text.ROLL_BACK),
  VECTOR_PARTITION(
      ERROR,
      "A deletion vector is listed under another partition than its data file: scans fail, or with"
          + " a filter show deleted rows again.",
      Text.ROLL_BACK),
  VECTOR_PATH(
      ERROR,
      "A deletion vector spells the path of its data file otherwise than the table, as with s3: for"
          + " s3a: readers ignore it and show deleted rows again.",
      Text.ROLL_BACK),
  DATA_FILE_LISTED_TWICE(
      ERROR,
      "A data file with deletes is in the manifests twice: its rows are shown twice.",
      Text.ROLL_BACK),
  PUFFIN_MISSING(
      ERROR, "The Puffin file does not exist; queries of the data file fail.", Text.RESTORE),
  PUFFIN_UNREADABLE(
      ERROR,
      "The Puffin file cannot be read; queries of the data file fail.",
      "check access to the file and call again, or restore it from a backup"),
  PUFFIN_SIZE(WARNING, "The Puffin file has another size than the manifest says.", Text.REPAIR),
  PUFFIN_HEADER(WARNING, "The Puffin file does not begin with PFA1.", Text.REPAIR),
  PUFFIN_FOOTER(WARNING, "The footer of the Puffin file cannot be read.", Text.REPAIR),
  FOOTER_BLOB_MISSING(
      WARNING, "The footer lists no blob where the manifest has a deletion vector.", Text.REPAIR),
  FOOTER_LENGTH(
      WARNING, "The footer gives the blob another length than the manifest.", Text.REPAIR),
  FOOTER_TYPE(
      WARNING,
      "The footer says another type than deletion-vector-v1, or that the blob is compressed.",
      Text.REPAIR),
  FOOTER_CARDINALITY(
      WARNING, "The footer says another number of positions than the manifest.", Text.REPAIR),
  FOOTER_DATA_FILE(
      ERROR,
      "The footer binds the blob to another data file than the manifest: queries may hide the wrong"
          + " rows, silently.",
      Text.ROLL_BACK),
  BLOB_RANGE(
      ERROR, "The blob would lie outside the blobs of its file; readers fail.", Text.RESTORE),
  BLOB_LENGTH(ERROR, "The blob is cut, or its length field is wrong; readers fail.", Text.RESTORE),
  BLOB_MAGIC(ERROR, "The blob does not begin with its magic; readers fail.", Text.RESTORE),
  BLOB_CHECKSUM(ERROR, "The checksum of the blob is wrong; readers fail.", Text.RESTORE),
  BLOB_BITMAP(
      ERROR,
      "The checksum is good, the bitmap is not: keys, containers or values contradict each other;"
          + " readers fail or see wrong rows.",
      Text.ROLL_BACK),
  BLOB_HOSTILE_KEY(
      ERROR,
      "The blob has a key so high that stock readers run out of memory, before they look at the"
          + " checksum.",
      Text.ROLL_BACK),
  CARDINALITY(
      ERROR,
      "The blob has another number of positions than the manifest; readers fail.",
      Text.ROLL_BACK),
  POSITION_BEYOND_ROWS(
      ERROR,
      "A deletion vector deletes positions that its data file does not have: its counts are wrong,"
          + " and it may belong to another file.",
      Text.ROLL_BACK),
  DELETE_FILE_MISSING(
      ERROR,
      "A position or equality delete file does not exist; queries that need it fail.",
      Text.RESTORE),
  DELETE_FILE_UNREADABLE(
      ERROR,
      "A position or equality delete file cannot be read.",
      "check access to the file and call again, or restore it from a backup"),
  DELETE_FILE_SIZE(
      ERROR,
      "A position or equality delete file has another size than the manifest says; readers may"
          + " fail.",
      Text.RESTORE),
  DELETES_DANGLING(
      WARNING,
      "A position or equality delete file applies to no data file: it deletes nothing.",
      Text.REPAIR),
  DELETES_SHADOWED(
      WARNING,
      "Every data file that a version 2 position delete file applies to has a deletion vector that"
          + " includes it: readers ignore the file.",
      Text.REPAIR),
  DELETES_LOST(
      ERROR,
      "A version 2 position delete file deletes rows that the deletion vector of the data file does"
          + " not: readers look at the vector only and show these rows again.",
      "delete the rows again; until then keep the file, it is the only witness");

  /** The remedy of what can be repaired. */
  static final String REPAIR = Text.REPAIR;

  private final Severity severity;
  private final String meaning;
  private final String remedy;

  Code(Severity severity, String meaning, String remedy) {
    this.severity = severity;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  /** How bad it is. */
  public Severity severity() {
    return severity;
  }

  /** What it means for queries. */
  public String meaning() {
    return meaning;
  }

  /** What to do about it. */
  public String remedy() {
    return remedy;
  }

  static Code of(Fault fault) {
    return switch (fault) {
      case LENGTH -> BLOB_LENGTH;
      case MAGIC -> BLOB_MAGIC;
      case CHECKSUM -> BLOB_CHECKSUM;
      case BITMAP_COUNT,
          BITMAP_KEY,
          COOKIE,
          CONTAINER_COUNT,
          CONTAINER_KEY,
          CONTAINER_OFFSET,
          CONTAINER_VALUES ->
          BLOB_BITMAP;
    };
  }

  private static final class Text {
    static final String REPAIR = "call with repair => true";
    static final String RESTORE =
        "restore the file from a backup, or roll back to a snapshot without it and delete the rows"
            + " again";
    static final String ROLL_BACK = "roll back to a snapshot without it and delete the rows again";

    private Text() {}
  }
}
