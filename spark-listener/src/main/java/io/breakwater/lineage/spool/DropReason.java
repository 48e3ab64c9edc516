package io.breakwater.lineage.spool;

/** Why a record was not spooled. */
public enum DropReason {
  BUFFER_FULL("the disk does not keep up and the buffer stayed full"),
  QUOTA("the spool has reached its size limit because the backend does not take its events"),
  TOO_LARGE("the record is larger than a record may be"),
  WRITE_FAILED("the disk refused the write twice"),
  CLOSED("the spool is closed");

  private final String meaning;

  DropReason(String meaning) {
    this.meaning = meaning;
  }

  /** The reason in words, for a log line. */
  public String meaning() {
    return meaning;
  }
}
