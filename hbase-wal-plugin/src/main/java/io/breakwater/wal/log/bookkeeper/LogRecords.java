package io.breakwater.wal.log.bookkeeper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * The records of the logs of one workspace, by their ids, in ZooKeeper. A record is changed by
 * compare-and-set. Safe for use by many threads and processes.
 */
final class LogRecords {

  private final ZooKeeperSession session;
  private final CatalogNodes nodes;
  private final CatalogOwner owner;
  private final String workspace;

  /** A record, and the version of its node, for compare-and-set. */
  record Stored(LogRecord record, int version) {}

  LogRecords(ZooKeeperSession session, CatalogNodes nodes, CatalogOwner owner, String workspace) {
    this.session = session;
    this.nodes = nodes;
    this.owner = owner;
    this.workspace = workspace;
  }

  static Stored stored(ZooKeeper zooKeeper, String node, Stat stat)
      throws KeeperException, InterruptedException, IOException {
    LogRecord record = LogRecord.decode(zooKeeper.getData(node, false, stat), node);
    return new Stored(record, stat.getVersion());
  }

  /** The record of a log by its id, whatever its name; nothing if it was deleted. */
  Optional<Stored> read(UUID id) throws IOException {
    return run(
        "read the record of log " + id,
        zooKeeper -> {
          try {
            return Optional.of(stored(zooKeeper, nodes.log(id.toString()), new Stat()));
          } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
          }
        });
  }

  /**
   * Replaces the record if it is still {@code expected}; with another ledger only while this
   * process's cluster owns the workspace.
   *
   * @return nothing if it is another by now, or gone
   */
  Optional<Stored> update(Stored expected, LogRecord next) throws IOException {
    String node = nodes.log(next.id().toString());
    String what = "write the record of log " + next.id();
    try {
      return session.write(
          what,
          zooKeeper -> {
            if (next.segments().equals(expected.record().segments())) {
              Stat stat = zooKeeper.setData(node, next.encode(), expected.version());
              return Optional.of(new Stored(next, stat.getVersion()));
            }
            owner.requireOwned("go on with a log in");
            List<Op> ops = new ArrayList<>(owner.checks());
            ops.add(Op.setData(node, next.encode(), expected.version()));
            zooKeeper.multi(ops);
            return Optional.of(new Stored(next, expected.version() + 1));
          },
          zooKeeper -> {
            try {
              Stored now = stored(zooKeeper, node, new Stat());
              if (now.version() == expected.version()) {
                return null;
              }
              return now.record().write().equals(next.write())
                  ? Optional.of(now)
                  : Optional.empty();
            } catch (KeeperException.NoNodeException e) {
              return Optional.empty();
            }
          });
    } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
      return Optional.empty();
    } catch (KeeperException e) {
      throw failed(what, e);
    }
  }

  /** Deleted logs whose ledgers may still be there. */
  List<LogRecord> trash() throws IOException {
    return records(nodes.trash(""));
  }

  /** Every log that has a name. */
  List<LogRecord> logs() throws IOException {
    return records(nodes.log(""));
  }

  private List<LogRecord> records(String prefix) throws IOException {
    return run(
        "list the logs of workspace " + workspace,
        zooKeeper -> {
          String parent = prefix.substring(0, prefix.length() - 1);
          List<LogRecord> records = new ArrayList<>();
          for (String id : zooKeeper.getChildren(parent, false)) {
            try {
              records.add(stored(zooKeeper, prefix + id, new Stat()).record());
            } catch (KeeperException.NoNodeException e) {
              // Deleted since the ids were read.
            }
          }
          return records;
        });
  }

  /** Forgets a deleted log, once its ledgers are gone. */
  void purge(UUID id) throws IOException {
    run(
        "empty the trash",
        zooKeeper -> {
          try {
            zooKeeper.delete(nodes.trash(id.toString()), -1);
          } catch (KeeperException.NoNodeException e) {
            // Another has emptied it as well.
            return false;
          }
          return true;
        });
  }

  private <T> T run(String what, ZooKeeperSession.Operation<T> operation) throws IOException {
    try {
      return session.read(what, operation);
    } catch (KeeperException e) {
      throw failed(what, e);
    }
  }

  private IOException failed(String what, KeeperException e) {
    return new IOException(
        "Cannot " + what + " of workspace " + workspace + ": ZooKeeper says " + e.getMessage(), e);
  }
}
