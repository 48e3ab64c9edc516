package io.breakwater.wal.log.embedded;

import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogVersionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of the logs of one workspace, by log id:
 *
 * <pre>
 * logs/ID.log   the records ({@link RecordFormat})
 * logs/ID.open  the write token, empty: while it is there, the writer may acknowledge
 * logs/ID.seal  once the length is final: magic "BWSEAL" and the version, 0x0001 (8), log id (16),
 *               length (8), CRC-32C of these 32 bytes (4); big-endian. Whatever a later version has
 *               between them, it begins with magic and version and ends with that checksum.
 * </pre>
 *
 * Fencing is the removal of the token, which is never made again for that id. The writer looks for
 * it after it has written and forced an append and before it acknowledges; whoever fences looks at
 * the records after the removal. So each acknowledged append was complete in the file before
 * anybody looked for the end of the log, no matter how long the writer was paused in between.
 */
final class LogFiles {

  private static final long SEAL_MAGIC = 0x42575345414C0000L;
  private static final int SEAL_VERSION = 1;
  private static final int SEAL_SIZE = 36;
  private static final String DRAFT = ".draft";
  private static final Pattern OF_A_LOG = Pattern.compile("([0-9a-f-]{36})\\.(log|open|seal)");

  private final Path directory;

  LogFiles(Path directory) {
    this.directory = directory;
  }

  Path data(UUID id) {
    return directory.resolve(id + ".log");
  }

  private Path token(UUID id) {
    return directory.resolve(id + ".open");
  }

  private Path sealFile(UUID id) {
    return directory.resolve(id + ".seal");
  }

  /**
   * The log that the file {@code name} of this directory belongs to; empty for a draft, which
   * belongs to none, and for what is not ours.
   */
  static Optional<UUID> owner(String name) {
    return Optional.of(OF_A_LOG.matcher(name))
        .filter(Matcher::matches)
        .map(match -> UUID.fromString(match.group(1)));
  }

  static boolean isDraft(String name) {
    return name.endsWith(DRAFT);
  }

  /** Creates the files of a new log and opens its data for append, behind the file header. */
  FileChannel create(UUID id) throws IOException {
    FileChannel channel =
        FileChannel.open(data(id), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      ByteBuffer header = new RecordFormat(id).fileHeader();
      while (header.hasRemaining()) {
        channel.write(header);
      }
      channel.force(true);
      Files.createFile(token(id));
      syncDirectory(directory);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether the log's writer may acknowledge. A doubt counts as no. */
  boolean writable(UUID id) {
    return Files.exists(token(id));
  }

  void fence(UUID id) throws IOException {
    if (Files.deleteIfExists(token(id))) {
      syncDirectory(directory);
    }
  }

  OptionalLong sealedLength(UUID id) throws IOException {
    Path file = sealFile(id);
    ByteBuffer seal;
    try {
      seal = ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    }
    int checked = seal.limit() - Integer.BYTES;
    boolean whole =
        checked >= Long.BYTES
            && seal.getLong(0) >>> 16 == SEAL_MAGIC >>> 16
            && seal.getInt(checked) == RecordFormat.checksum(seal.slice(0, checked));
    if (whole && seal.getShort(6) != SEAL_VERSION) {
      throw new LogVersionException(
          "read the seal of a log", file.toString(), seal.getShort(6) & 0xFFFF, SEAL_VERSION);
    }
    if (!whole
        || seal.limit() != SEAL_SIZE
        || !id.equals(new UUID(seal.getLong(8), seal.getLong(16)))) {
      throw new LogCorruptException(
          "Cannot read the seal of a log: " + file + " at offset 0: not a valid seal of log " + id);
    }
    return OptionalLong.of(seal.getLong(24));
  }

  /**
   * Gives a log its name, durably.
   *
   * @throws FileAlreadyExistsException if something stands at {@code target}
   * @throws NoSuchFileException if its directory is not there
   */
  void link(Path target, Entry entry) throws IOException {
    if (!publish(target, entry.encode(), entry.created())) {
      throw new FileAlreadyExistsException(target.toString());
    }
  }

  /** Seals the log at {@code length} unless it is sealed already: then false. */
  boolean seal(UUID id, long length) throws IOException {
    ByteBuffer seal = ByteBuffer.allocate(SEAL_SIZE).putLong(SEAL_MAGIC | SEAL_VERSION);
    seal.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).putLong(length);
    seal.putInt(RecordFormat.checksum(seal.duplicate().flip()));
    boolean sealed = publish(sealFile(id), seal.flip(), System.currentTimeMillis());
    fence(id);
    return sealed;
  }

  /** Deletes what is left of a log; its writer is fenced first. */
  void delete(UUID id) throws IOException {
    fence(id);
    Files.deleteIfExists(data(id));
    Files.deleteIfExists(sealFile(id));
    syncDirectory(directory);
  }

  /** Puts a complete file at {@code target}, durably, unless one is there: then false. */
  private boolean publish(Path target, ByteBuffer content, long modified) throws IOException {
    Path draft = directory.resolve(UUID.randomUUID() + DRAFT);
    try {
      writeDurably(draft, content);
      Files.setLastModifiedTime(draft, FileTime.fromMillis(modified));
      Files.createLink(target, draft);
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.deleteIfExists(draft);
    }
    syncDirectory(target.getParent());
    return true;
  }

  static void writeDurably(Path file, ByteBuffer content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
  }

  /** Makes the names in {@code directory} durable. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
