package io.breakwater.wal.log.embedded;

import io.breakwater.wal.log.LogReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Reads a log through its records, remembering where some of them stand. */
final class EmbeddedReader implements LogReader {

  /** Distance in bytes of the log between two remembered records. */
  private static final long STRIDE = 1 << 18;

  /** What is known of the end of a log: final, acknowledged so far, or nothing. */
  interface End {
    /** The sealed length, if sealed. */
    OptionalLong sealed() throws IOException;

    /** What the log's writer in this process has acknowledged, if the writer is in this process. */
    OptionalLong acknowledged();
  }

  private final RecordFile file;
  private final End end;
  private final TreeMap<Long, Long> offsets = new TreeMap<>();
  private OptionalLong sealed = OptionalLong.empty();
  private RecordFile.Found current;
  private long knownPosition;
  private long knownOffset = RecordFormat.FILE_HEADER;

  EmbeddedReader(RecordFile file, End end) {
    this.file = file;
    this.end = end;
    offsets.put(0L, (long) RecordFormat.FILE_HEADER);
  }

  @Override
  public synchronized int read(long position, ByteBuffer target) throws IOException {
    if (position < 0) {
      throw new IllegalArgumentException("Invalid position: " + position + ", must be >= 0");
    }
    long limit = limit();
    if (position >= limit || !locate(position, limit)) {
      return -1;
    }
    RecordFormat.Header header = current.header();
    int from = (int) (position - header.position());
    int n = (int) Math.min(target.remaining(), Math.min(header.end(), limit) - position);
    target.put(current.payload().slice(from, n));
    return n;
  }

  @Override
  public synchronized long length() throws IOException {
    long limit = limit();
    if (limit != Long.MAX_VALUE) {
      return limit;
    }
    for (RecordFormat.Header header = file.headerAt(knownOffset);
        header != null && header.position() == knownPosition;
        header = file.headerAt(knownOffset)) {
      if (knownOffset + RecordFormat.RECORD_HEADER + header.length() > file.size()) {
        break;
      }
      know(header.end(), knownOffset + RecordFormat.RECORD_HEADER + header.length());
    }
    return knownPosition;
  }

  /** Where reading has to stop: the sealed or acknowledged length, or unknown. */
  private long limit() throws IOException {
    if (sealed.isEmpty()) {
      OptionalLong acknowledged = end.acknowledged();
      if (acknowledged.isPresent()) {
        return acknowledged.getAsLong();
      }
      sealed = end.sealed();
    }
    return sealed.orElse(Long.MAX_VALUE);
  }

  /** Makes the record that holds {@code position} current; false if it is not complete yet. */
  private boolean locate(long position, long limit) throws IOException {
    if (current != null
        && position >= current.header().position()
        && position < current.header().end()) {
      return true;
    }
    long at = offsets.floorEntry(position).getKey();
    long offset = offsets.floorEntry(position).getValue();
    if (current != null && position >= current.header().end() && current.header().end() > at) {
      at = current.header().end();
      offset = current.nextOffset();
    }
    while (true) {
      // The size first: what is appended after it was asked for must not look like damage.
      long size = file.size();
      RecordFormat.Header header = file.headerAt(offset);
      boolean cutOff = RecordFormat.endsInside(header, offset, size);
      if (cutOff || header == null || header.position() != at) {
        if (cutOff && limit == Long.MAX_VALUE) {
          return false;
        }
        throw file.corrupt(
            offset,
            header == null
                ? "no valid record header where position " + at + " of " + limit + " should be"
                : "the record of position "
                    + header.position()
                    + " stands where position "
                    + at
                    + " should be, or is cut off");
      }
      long next = offset + RecordFormat.RECORD_HEADER + header.length();
      if (header.end() > position) {
        current = file.recordAt(offset);
        if (current == null) {
          throw file.corrupt(
              offset, "the payload of the record of position " + at + " fails its checksum");
        }
        know(header.end(), next);
        return true;
      }
      at = header.end();
      offset = next;
      know(at, offset);
    }
  }

  private void know(long position, long offset) {
    if (position > knownPosition) {
      knownPosition = position;
      knownOffset = offset;
    }
    if (position - offsets.floorKey(position) >= STRIDE) {
      offsets.put(position, offset);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
