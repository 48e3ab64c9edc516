package io.breakwater.lineage.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The records of one driver's directory that wait for delivery, in the order of their append.
 *
 * <p>{@link #next} shows a record until {@link #delivered} says that it is done; then the cursor
 * moves, and a segment that is done with is deleted. Every record is seen at least once, also after
 * a crash. Safe for use by many threads; after {@link #close} it shows nothing and moves nothing.
 */
public final class Backlog implements Closeable {

  private static final Position EVERYTHING = new Position(Long.MAX_VALUE, 0);

  private final SpoolDirectory directory;
  private final Supplier<Position> end;
  private final LongSupplier sealedThrough;
  private final LongConsumer onDeleted;
  private final Consumer<Damage> onDamage;
  private final Cursor cursor;
  private Optional<Supplier<RecordDigest>> digests = Optional.empty();
  private SegmentReader reader;
  private Position at;
  private SpooledRecord pending;
  private boolean closed;

  /** The backlog of a directory that a {@link Spool} of this process writes to. */
  Backlog(
      SpoolDirectory directory,
      Supplier<Position> end,
      LongSupplier sealedThrough,
      LongConsumer onDeleted,
      Consumer<Damage> onDamage)
      throws IOException {
    this.directory = directory;
    this.end = end;
    this.sealedThrough = sealedThrough;
    this.onDeleted = onDeleted;
    this.onDamage = onDamage;
    this.cursor = Cursor.open(directory.cursorFile());
    this.at = cursor.position();
  }

  /**
   * The backlog of a directory whose driver is gone. Cuts a torn write off its last segment.
   *
   * @param onDamage hears of bytes that are no records; the records around them are still shown
   * @throws SpoolVersionException if a later listener has written some of it; nothing is changed
   */
  public static Backlog recover(SpoolDirectory directory, Consumer<Damage> onDamage)
      throws IOException {
    SpoolDirectory.requireKnownVersions(directory.path());
    cutTornTail(directory, onDamage);
    return new Backlog(directory, () -> EVERYTHING, () -> Long.MAX_VALUE, bytes -> {}, onDamage);
  }

  /** The name of the directory. */
  public String name() {
    return directory.name();
  }

  /** How far the records have been delivered: behind the last one that was. */
  public synchronized Position position() {
    return cursor.position();
  }

  /**
   * The segments that no one writes any more and that hold records, or at least bytes, behind
   * {@link #position}; also after {@link #close}, as long as their files are there.
   */
  public synchronized List<SealedSegment> undeliveredSegments() throws IOException {
    Position delivered = cursor.position();
    List<SealedSegment> undelivered = new ArrayList<>();
    List<Long> present;
    try {
      present = SpoolDirectory.segments(directory.path());
    } catch (NoSuchFileException e) {
      // Everything was delivered.
      return undelivered;
    }
    for (long segment : present) {
      Path file = directory.segmentFile(segment);
      if (segment <= sealedThrough.getAsLong()
          && delivered.compareTo(new Position(segment, Files.size(file))) < 0) {
        undelivered.add(new SealedSegment(segment, file));
      }
    }
    return undelivered;
  }

  /** Whether {@link #close} was called. */
  public synchronized boolean isClosed() {
    return closed;
  }

  /** Has a digest kept of records whose segment is deleted; to be called before {@link #next}. */
  public synchronized void keepDigest(Supplier<RecordDigest> empty) {
    digests = Optional.of(empty);
  }

  /** The digest of all records of the driver, delivered or not. */
  public synchronized RecordDigest digest() throws IOException {
    DigestFile deleted = DigestFile.read(directory.digestFile());
    RecordDigest digest = restore(deleted);
    for (long segment : SpoolDirectory.segments(directory.path())) {
      if (segment > deleted.through()) {
        fold(segment, digest);
      }
    }
    return digest;
  }

  /** The digest of deleted segments as it is on the disk; empty if there is none. */
  public synchronized byte[] digestBytes() throws IOException {
    DigestFile deleted = DigestFile.read(directory.digestFile());
    return deleted.through() == 0 ? new byte[0] : deleted.encode();
  }

  /**
   * Adds records behind the last one, durably. Only for a driver that is gone and delivered.
   *
   * @throws IOException if that fails; then none are added
   */
  public synchronized void append(List<byte[]> payloads) throws IOException {
    List<Long> present = SpoolDirectory.segments(directory.path());
    long last = present.isEmpty() ? 0 : present.get(present.size() - 1);
    long segment = Math.max(last + 1, Math.max(1, cursor.position().segment()));
    try (SegmentWriter writer = new SegmentWriter(directory, segment)) {
      writer.append(payloads);
    } catch (IOException e) {
      Files.deleteIfExists(directory.segmentFile(segment));
      throw e;
    }
  }

  private RecordDigest restore(DigestFile deleted) {
    RecordDigest digest = digests.orElseThrow().get();
    if (deleted.through() > 0) {
      digest.restore(deleted.digest());
    }
    return digest;
  }

  private void fold(long segment, RecordDigest digest) throws IOException {
    try (SegmentReader records = new SegmentReader(directory.segmentFile(segment), segment)) {
      long size = records.size();
      long offset =
          records
              .headerDamage(size)
              .map(SegmentReader.Broken::end)
              .orElse((long) SegmentFormat.HEADER_BYTES);
      while (offset < size) {
        SegmentReader.Item item = records.read(offset, size);
        if (item instanceof SegmentReader.Found found) {
          digest.add(found.payload());
          offset = found.end();
        } else if (item instanceof SegmentReader.Broken broken) {
          offset = broken.end();
        }
      }
    }
  }

  /** Where copies of segments are, as {@link #setArchive} was told; nothing if nowhere. */
  public Optional<String> archive() throws IOException {
    return directory.archive();
  }

  /** Keeps, beside the segments, where copies of them are. */
  public void setArchive(String location) throws IOException {
    directory.setArchive(location);
  }

  /** The next record that was not yet delivered; nothing if there is none at the moment. */
  public synchronized Optional<SpooledRecord> next() throws IOException {
    if (closed) {
      return Optional.empty();
    }
    while (pending == null) {
      if (reader == null && !openSegment()) {
        return Optional.empty();
      }
      Position limit = end.get();
      boolean complete = limit.segment() > reader.segment();
      long readable = complete ? reader.size() : limit.offset();
      if (at.offset() >= readable) {
        if (!complete || !finishSegment()) {
          return Optional.empty();
        }
        continue;
      }
      read(readable);
    }
    return Optional.of(pending);
  }

  private void read(long readable) throws IOException {
    SegmentReader.Item item = reader.read(at.offset(), readable);
    if (item instanceof SegmentReader.Found found) {
      at = new Position(reader.segment(), found.end());
      pending = new SpooledRecord(found.payload(), at);
    } else if (item instanceof SegmentReader.Broken broken) {
      report(at.offset(), broken);
      at = new Position(reader.segment(), broken.end());
    }
  }

  /** Says that {@code record}, the one that {@link #next} shows, needs no delivery any more. */
  public synchronized void delivered(SpooledRecord record) throws IOException {
    if (closed || pending == null || !record.end().equals(pending.end())) {
      return;
    }
    cursor.advance(record.end());
    pending = null;
  }

  /** Whether every record that is on the disk has been delivered. */
  public synchronized boolean isDelivered() throws IOException {
    return next().isEmpty();
  }

  private boolean openSegment() throws IOException {
    for (long segment : SpoolDirectory.segments(directory.path())) {
      if (segment >= at.segment() && segment <= end.get().segment()) {
        reader = new SegmentReader(directory.segmentFile(segment), segment);
        if (segment > at.segment() || at.offset() < SegmentFormat.HEADER_BYTES) {
          at = new Position(segment, firstRecord());
        }
        return true;
      }
    }
    return false;
  }

  private long firstRecord() throws IOException {
    Optional<SegmentReader.Broken> damage = reader.headerDamage(reader.size());
    if (damage.isEmpty()) {
      return SegmentFormat.HEADER_BYTES;
    }
    report(0, damage.get());
    return damage.get().end();
  }

  private void report(long offset, SegmentReader.Broken broken) {
    if (broken.end() > offset) {
      onDamage.accept(
          new Damage(reader.file(), offset, broken.end() - offset, broken.cause(), false));
    }
  }

  /** Deletes the segment that is done with; false if no later one is there. */
  private boolean finishSegment() throws IOException {
    long done = reader.segment();
    long bytes = reader.size();
    reader.close();
    reader = null;
    Optional<DigestFile> digest = digestThrough(done);
    IOException unwritten = null;
    try {
      writeDigest(digest);
    } catch (IOException e) {
      unwritten = e;
    }
    cursor.advance(new Position(done + 1, 0));
    at = cursor.position();
    Files.deleteIfExists(directory.segmentFile(done));
    if (unwritten != null) {
      // A full disk has room now.
      writeDigest(digest);
    }
    onDeleted.accept(bytes);
    return openSegment();
  }

  private Optional<DigestFile> digestThrough(long segment) throws IOException {
    if (digests.isEmpty()) {
      return Optional.empty();
    }
    DigestFile deleted = DigestFile.read(directory.digestFile());
    if (segment <= deleted.through()) {
      return Optional.empty();
    }
    RecordDigest digest = restore(deleted);
    fold(segment, digest);
    return Optional.of(new DigestFile(segment, digest.bytes()));
  }

  private void writeDigest(Optional<DigestFile> digest) throws IOException {
    if (digest.isPresent()) {
      digest.get().write(directory.digestFile());
    }
  }

  private static void cutTornTail(SpoolDirectory directory, Consumer<Damage> onDamage)
      throws IOException {
    List<Long> segments = SpoolDirectory.segments(directory.path());
    if (segments.isEmpty()) {
      return;
    }
    long last = segments.get(segments.size() - 1);
    Path file = directory.segmentFile(last);
    long size = Files.size(file);
    Optional<Damage> tail;
    try (SegmentReader reader = new SegmentReader(file, last)) {
      tail = tornTail(reader, size);
    }
    if (tail.isPresent()) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(tail.get().offset());
        channel.force(true);
      }
      onDamage.accept(tail.get());
    }
  }

  private static Optional<Damage> tornTail(SegmentReader reader, long size) throws IOException {
    Optional<SegmentReader.Broken> header = reader.headerDamage(size);
    long offset = header.map(SegmentReader.Broken::end).orElse((long) SegmentFormat.HEADER_BYTES);
    if (header.isPresent() && header.get().tail() && size > 0) {
      return Optional.of(new Damage(reader.file(), 0, size, header.get().cause(), true));
    }
    while (offset < size) {
      SegmentReader.Item item = reader.read(offset, size);
      if (item instanceof SegmentReader.Found found) {
        offset = found.end();
      } else if (item instanceof SegmentReader.Broken broken) {
        if (broken.tail()) {
          return Optional.of(
              new Damage(reader.file(), offset, size - offset, broken.cause(), true));
        }
        offset = broken.end();
      }
    }
    return Optional.empty();
  }

  /** Releases the directory; deletes it if nothing in it waits any more. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      boolean delivered = isDelivered();
      closed = true;
      if (delivered) {
        for (long segment : SpoolDirectory.segments(directory.path())) {
          Files.deleteIfExists(directory.segmentFile(segment));
        }
        directory.delete();
      }
    } finally {
      closed = true;
      closeFiles();
    }
  }

  private void closeFiles() throws IOException {
    try (directory;
        cursor) {
      if (reader != null) {
        reader.close();
      }
    }
  }
}
