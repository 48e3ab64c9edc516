package io.breakwater.wal.restart;

import io.breakwater.wal.config.WalConfig;
import io.breakwater.wal.config.WalKeys;
import io.breakwater.wal.fs.BwalFileSystem;
import io.breakwater.wal.log.Owner;
import io.breakwater.wal.log.WorkspaceOwnedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.ServerName;

/**
 * Makes the remains of a lost cluster such that a new one recovers all of them. To be run after the
 * new ZooKeeper was started and before a master is; again is harmless.
 *
 * <ol>
 *   <li>Every WAL is fenced, so that no server of the lost cluster goes on.
 *   <li>If the master's local store is gone: directories of servers whose recovery had begun get
 *       their names back, since a new master takes only those for servers to recover; and ZooKeeper
 *       is told that hbase:meta was on the server that wrote its youngest WAL, so that the master
 *       recovers that server instead of making a new hbase:meta.
 * </ol>
 */
public final class PrepareRestart {

  /** One thing to be done, or a finding that needs nothing done. */
  public record Step(String action, String subject, String reason) {}

  private interface Deed {
    void run() throws IOException;
  }

  private record Planned(Step step, Deed deed) {}

  private final Configuration conf;
  private final Remains remains;

  /**
   * Looks at what {@code hbase.rootdir}, {@code hbase.wal.dir} and ZooKeeper of {@code conf} hold.
   */
  public PrepareRestart(Configuration conf) throws IOException {
    this.conf = conf;
    this.remains = new Remains(conf);
  }

  /**
   * Does what is needed, or with {@code dryRun} only says so.
   *
   * @param progress gets each step before it is done
   * @return the steps
   * @throws WorkspaceOwnedException if processes of the lost cluster are alive
   * @throws IOException if a master runs, or recovery cannot be complete
   */
  public List<Step> run(boolean dryRun, Consumer<Step> progress) throws IOException {
    if (ClusterZooKeeper.masterIsThere(conf)) {
      throw new IOException(
          "Cannot prepare a restart: a master is registered in ZooKeeper "
              + conf.get("hbase.zookeeper.quorum")
              + "; stop it, or wait for its session to end");
    }
    requireDead();
    List<Step> done = new ArrayList<>();
    for (Planned planned : plan()) {
      progress.accept(planned.step());
      if (!dryRun) {
        planned.deed().run();
      }
      done.add(planned.step());
    }
    return done;
  }

  /** Servers without a master, as behind a cut network, would lose their logs to this. */
  private void requireDead() throws IOException {
    if (!(remains.walFiles() instanceof BwalFileSystem bwal)) {
      throw new IOException(
          "Cannot prepare a restart: hbase.wal.dir is "
              + remains.walRoot()
              + ", must be bwal://<workspace>/<directory>");
    }
    long deadline = System.nanoTime() + WalConfig.of(conf).get(WalKeys.OWNER_WAIT).toNanos();
    Optional<Owner> owner = bwal.workspace().owner();
    while (owner.isPresent() && owner.get().liveProcesses() > 0) {
      if (System.nanoTime() > deadline) {
        throw new WorkspaceOwnedException(
            "prepare a restart from", bwal.workspace().name(), owner.get());
      }
      WorkspaceClaim.pause(bwal.workspace());
      owner = bwal.workspace().owner();
    }
  }

  private List<Planned> plan() throws IOException {
    List<Planned> plan = new ArrayList<>();
    for (Path wal : remains.wals()) {
      if (!leases().isFileClosed(wal)) {
        plan.add(
            new Planned(
                new Step("fence", wal.toString(), "its writer may still be alive"),
                () -> leases().recoverLease(wal)));
      }
    }
    if (remains.hasMasterStore()) {
      plan.add(nothing("the master's local store is there", "HBase recovers by itself"));
      return plan;
    }
    if (!remains.hasMeta() && remains.serverDirectories().isEmpty()) {
      plan.add(nothing("there is no hbase:meta and no WAL", "a cluster that is new"));
      return plan;
    }
    for (Path directory : remains.serverDirectories()) {
      if (Remains.isSplitting(directory)) {
        plan.add(giveBackName(directory));
      }
    }
    plan.add(seedMetaLocation());
    return plan;
  }

  private Planned giveBackName(Path directory) {
    Path original = new Path(directory.getParent(), Remains.server(directory).toString());
    return new Planned(
        new Step(
            "rename",
            directory + " to " + original.getName(),
            "the master's local store, which knew of its recovery, is gone"),
        () -> {
          if (!remains.walFiles().rename(directory, original)) {
            throw new IOException(
                "Cannot rename " + directory + " to " + original + ": see the log for the reason");
          }
        });
  }

  private Planned seedMetaLocation() throws IOException {
    Optional<ServerName> known = ClusterZooKeeper.metaLocation(conf);
    if (known.isPresent()) {
      return nothing(
          "ZooKeeper says that hbase:meta was on " + known.get(),
          "the master recovers it from there");
    }
    ServerName owner = metaOwner();
    Path directory = new Path(remains.servers(), owner.toString());
    return new Planned(
        new Step(
            "tell ZooKeeper",
            "hbase:meta was on " + owner,
            "else the master makes a new, empty hbase:meta"),
        () -> {
          // A server without a directory would not be recovered.
          remains.walFiles().mkdirs(directory);
          ClusterZooKeeper.setMetaLocation(conf, owner);
        });
  }

  private ServerName metaOwner() throws IOException {
    Optional<Path> wal = remains.newestMetaWal();
    if (wal.isPresent()) {
      return Remains.server(wal.get().getParent());
    }
    // hbase:meta is whole in its HFiles; any dead server does, if the master takes it for dead.
    return remains.serverDirectories().stream()
        .map(Remains::server)
        .max(Comparator.comparingLong(ServerName::getStartCode))
        .orElse(ServerName.valueOf("breakwater-prepare-restart", 1, 1));
  }

  private static Planned nothing(String subject, String reason) {
    return new Planned(new Step("nothing", subject, reason), () -> {});
  }

  private LeaseRecoverable leases() {
    return (LeaseRecoverable) remains.walFiles();
  }
}
