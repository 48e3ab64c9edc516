package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.OwnerRecord;
import io.breakwater.wal.log.WorkspaceOwnedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * The owner of a workspace in ZooKeeper:
 *
 * <pre>
 * owner             {@link OwnerRecord}; changed when another cluster takes the workspace, only
 * fenced            the epoch at whose begin every older log was recovered, as text
 * members/EPOCH-ID  ephemeral: a process of the owner that lives
 * </pre>
 *
 * Whatever adds a ledger to the workspace checks the version of {@code owner} in the same
 * multi-operation.
 */
final class CatalogOwner {

  private static final int ATTEMPTS = 50;

  private final ZooKeeperSession session;
  private final String base;
  private final String workspace;
  private final String id = UUID.randomUUID().toString();

  /** What this process owns; null if it has never asked for it. */
  private volatile Stored owned;

  private record Stored(OwnerRecord record, int version) {}

  CatalogOwner(ZooKeeperSession session, String base, String workspace) {
    this.session = session;
    this.base = base;
    this.workspace = workspace;
    session.onNewSession(this::joinAgain);
  }

  /** What fails if another cluster has taken the workspace from this process's. */
  List<Op> checks() {
    Stored mine = owned;
    return mine == null ? List.of() : List.of(Op.check(base + "/owner", mine.version()));
  }

  /** Says so if another cluster has taken the workspace from this process's. */
  void requireOwned(String what) throws IOException {
    Stored mine = owned;
    if (mine != null) {
      Optional<Stored> now = read();
      if (now.isEmpty() || now.get().version() != mine.version()) {
        throw new WorkspaceOwnedException(what, workspace, owner().orElseThrow());
      }
    }
  }

  /**
   * @param fence recovers every log that is not sealed
   */
  long own(String name, boolean takeover, Fence fence) throws IOException {
    Stored mine = claim(name, takeover);
    owned = mine;
    if (mine.record().epoch() > 1 && fencedEpoch() < mine.record().epoch()) {
      fence.run();
      setFenced(mine.record().epoch());
    }
    return mine.record().epoch();
  }

  interface Fence {
    void run() throws IOException;
  }

  private Stored claim(String name, boolean takeover) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Stored> now = read();
      if (now.isPresent() && now.get().record().name().equals(name)) {
        join(now.get().record().epoch());
        // As long as it is still so, the process was counted among the living before.
        if (read().equals(now)) {
          return now.get();
        }
        continue;
      }
      if (now.isPresent() && !takeover) {
        int live = live(now.get().record());
        if (live > 0) {
          throw new WorkspaceOwnedException("own", workspace, now.get().record().owner(live));
        }
      }
      write(name, now);
    }
    throw new IOException(
        "Cannot own workspace " + workspace + ": others take it at the same time");
  }

  /** Writes the next owner, unless another does; what came of it is seen by reading. */
  private void write(String name, Optional<Stored> now) throws IOException {
    long time = System.currentTimeMillis();
    OwnerRecord next =
        now.map(old -> old.record().next(name, time)).orElse(new OwnerRecord(name, 1, time));
    run(
        "own workspace " + workspace,
        zooKeeper -> {
          try {
            if (now.isEmpty()) {
              create(zooKeeper, base + "/owner", next.encode(), CreateMode.PERSISTENT);
            } else {
              zooKeeper.setData(base + "/owner", next.encode(), now.get().version());
            }
            return true;
          } catch (KeeperException.NodeExistsException | KeeperException.BadVersionException e) {
            return false;
          }
        });
  }

  Optional<Owner> owner() throws IOException {
    Optional<Stored> now = read();
    return now.isEmpty()
        ? Optional.empty()
        : Optional.of(now.get().record().owner(live(now.get().record())));
  }

  private Optional<Stored> read() throws IOException {
    return run(
        "read the owner of workspace " + workspace,
        zooKeeper -> {
          Stat stat = new Stat();
          try {
            byte[] data = zooKeeper.getData(base + "/owner", false, stat);
            return Optional.of(
                new Stored(OwnerRecord.decode(data, base + "/owner"), stat.getVersion()));
          } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
          }
        });
  }

  private int live(OwnerRecord record) throws IOException {
    return run(
        "see the processes of the owner of workspace " + workspace,
        zooKeeper -> {
          try {
            return (int)
                zooKeeper.getChildren(base + "/members", false).stream()
                    .filter(name -> name.startsWith(record.epoch() + "-"))
                    .count();
          } catch (KeeperException.NoNodeException e) {
            return 0;
          }
        });
  }

  private void join(long epoch) throws IOException {
    run("join the owner of workspace " + workspace, zooKeeper -> join(zooKeeper, epoch));
  }

  private boolean join(ZooKeeper zooKeeper, long epoch)
      throws KeeperException, InterruptedException {
    if (zooKeeper.exists(base + "/members", false) == null) {
      create(zooKeeper, base + "/members", new byte[0], CreateMode.PERSISTENT);
    }
    String member = base + "/members/" + epoch + "-" + id;
    Stat stat = zooKeeper.exists(member, false);
    if (stat != null && stat.getEphemeralOwner() != zooKeeper.getSessionId()) {
      // Of a session that is about to end, and would take the node with it.
      zooKeeper.delete(member, -1);
    }
    create(zooKeeper, member, new byte[0], CreateMode.EPHEMERAL);
    return true;
  }

  private void joinAgain(ZooKeeper fresh) throws KeeperException, InterruptedException {
    Stored mine = owned;
    if (mine != null) {
      join(fresh, mine.record().epoch());
    }
  }

  private static void create(ZooKeeper zooKeeper, String node, byte[] data, CreateMode mode)
      throws KeeperException, InterruptedException {
    try {
      zooKeeper.create(node, data, Ids.OPEN_ACL_UNSAFE, mode);
    } catch (KeeperException.NodeExistsException e) {
      if (data.length > 0) {
        throw e;
      }
    }
  }

  private long fencedEpoch() throws IOException {
    return run(
        "read the fenced epoch of workspace " + workspace,
        zooKeeper -> {
          try {
            byte[] data = zooKeeper.getData(base + "/fenced", false, null);
            return Long.parseLong(new String(data, StandardCharsets.US_ASCII));
          } catch (KeeperException.NoNodeException e) {
            return 0L;
          }
        });
  }

  private void setFenced(long epoch) throws IOException {
    byte[] data = Long.toString(epoch).getBytes(StandardCharsets.US_ASCII);
    run(
        "write the fenced epoch of workspace " + workspace,
        zooKeeper -> {
          try {
            zooKeeper.setData(base + "/fenced", data, -1);
          } catch (KeeperException.NoNodeException e) {
            create(zooKeeper, base + "/fenced", data, CreateMode.PERSISTENT);
          }
          return true;
        });
  }

  private <T> T run(String what, ZooKeeperSession.Operation<T> operation) throws IOException {
    try {
      return session.read(what, operation);
    } catch (KeeperException e) {
      throw new IOException("Cannot " + what + ": ZooKeeper says " + e.getMessage(), e);
    }
  }
}
