package io.breakwater.wal.log.embedded;

import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.OwnerRecord;
import io.breakwater.wal.log.WorkspaceOwnedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The owner of a workspace in a directory:
 *
 * <pre>
 * owner             {@link OwnerRecord}
 * owner.fenced      the epoch at whose begin every older log was recovered, as text
 * owner.lock        locked by whoever changes the owner or creates a log
 * members/EPOCH-ID  locked by a process of the owner for as long as it lives
 * </pre>
 */
final class EmbeddedOwner {

  /** Locks of files are a process's, not a thread's or an object's. */
  private static final Map<Path, ReentrantLock> IN_THIS_PROCESS = new ConcurrentHashMap<>();

  /**
   * Channels that hold the locks of this process's members, here so that they are not collected.
   * Closing any other channel of such a file would unlock it, too: they are not opened again.
   */
  private static final Map<Path, FileChannel> HELD_HERE = new ConcurrentHashMap<>();

  private final Path root;
  private final String workspace;
  private volatile long epoch;

  interface Action<T> {
    T run() throws IOException;
  }

  EmbeddedOwner(Path root, String workspace) {
    this.root = root.toAbsolutePath().normalize();
    this.workspace = workspace;
  }

  /** Runs {@code creation} while nobody can take the workspace. */
  <T> T whileOwned(Action<T> creation) throws IOException {
    return locked(
        () -> {
          Optional<OwnerRecord> now = read();
          if (epoch > 0 && (now.isEmpty() || now.get().epoch() != epoch)) {
            throw new WorkspaceOwnedException(
                "create a log in", workspace, now.orElseThrow().owner(live(now.get())));
          }
          return creation.run();
        });
  }

  /**
   * @param fence recovers every log that is not sealed
   */
  long own(String name, boolean takeover, Action<?> fence) throws IOException {
    OwnerRecord owned = locked(() -> claim(name, takeover));
    epoch = owned.epoch();
    if (owned.epoch() > 1 && fencedEpoch() < owned.epoch()) {
      fence.run();
      replace("owner.fenced", Long.toString(owned.epoch()).getBytes(StandardCharsets.US_ASCII));
    }
    return owned.epoch();
  }

  private OwnerRecord claim(String name, boolean takeover) throws IOException {
    Optional<OwnerRecord> now = read();
    OwnerRecord next;
    if (now.isPresent() && now.get().name().equals(name)) {
      next = now.get();
    } else {
      if (now.isPresent() && !takeover && live(now.get()) > 0) {
        throw new WorkspaceOwnedException("own", workspace, now.get().owner(live(now.get())));
      }
      long time = System.currentTimeMillis();
      next = now.map(old -> old.next(name, time)).orElse(new OwnerRecord(name, 1, time));
      replace("owner", next.encode());
    }
    if (epoch != next.epoch()) {
      join(next.epoch());
    }
    return next;
  }

  Optional<Owner> owner() throws IOException {
    Optional<OwnerRecord> now = locked(this::read);
    return now.isEmpty() ? Optional.empty() : Optional.of(now.get().owner(live(now.get())));
  }

  private Optional<OwnerRecord> read() throws IOException {
    Path file = root.resolve("owner");
    try {
      return Optional.of(OwnerRecord.decode(Files.readAllBytes(file), file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private long fencedEpoch() throws IOException {
    Path file = root.resolve("owner.fenced");
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (NoSuchFileException e) {
      return 0;
    } catch (NumberFormatException e) {
      throw new IOException("Cannot read " + file + ": must be a number", e);
    }
  }

  private void replace(String name, byte[] content) throws IOException {
    Path draft = root.resolve(name + "." + UUID.randomUUID());
    LogFiles.writeDurably(draft, ByteBuffer.wrap(content));
    Files.move(draft, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    LogFiles.syncDirectory(root);
  }

  private void join(long newEpoch) throws IOException {
    Path members = Files.createDirectories(root.resolve("members"));
    Path member = members.resolve(newEpoch + "-" + UUID.randomUUID());
    FileChannel channel =
        FileChannel.open(member, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    HELD_HERE.put(member, channel);
    if (channel.tryLock() == null) {
      throw new IOException("Cannot lock " + member + ": somebody else has");
    }
  }

  /** Members of the owner's epoch that are locked; those that are not are deleted. */
  private int live(OwnerRecord owner) throws IOException {
    int live = 0;
    Path members = root.resolve("members");
    if (!Files.isDirectory(members)) {
      return 0;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(members)) {
      for (Path member : files) {
        boolean alive = HELD_HERE.containsKey(member) || lockedByAnother(member);
        if (alive && member.getFileName().toString().startsWith(owner.epoch() + "-")) {
          live++;
        }
      }
    }
    return live;
  }

  private static boolean lockedByAnother(Path member) throws IOException {
    try (FileChannel channel = FileChannel.open(member, StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        return true;
      }
      Files.deleteIfExists(member);
      return false;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private <T> T locked(Action<T> action) throws IOException {
    Path file = root.resolve("owner.lock");
    ReentrantLock inThisProcess =
        IN_THIS_PROCESS.computeIfAbsent(file, path -> new ReentrantLock());
    inThisProcess.lock();
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new IOException("Cannot lock " + file);
      }
      return action.run();
    } finally {
      inThisProcess.unlock();
    }
  }
}
