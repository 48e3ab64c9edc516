package io.breakwater.lineage.ui;

import org.apache.spark.util.kvstore.KVIndex;

/**
 * A {@link LoggedLineage} in the store of the History Server, which may be on a disk; fields, as
 * the store wants it.
 */
public final class StoredLineage {

  /** The place in the log, from 0. */
  @KVIndex public long index;

  /** The JSON of an event; empty if there is none. */
  public String lineage = "";

  /** How many events have no line so far; 0 if this is one. */
  public long omitted;

  static StoredLineage of(long index, LoggedLineage logged) {
    StoredLineage stored = new StoredLineage();
    stored.index = index;
    stored.lineage = logged.lineage() == null ? "" : logged.lineage();
    stored.omitted = logged.omitted();
    return stored;
  }
}
