package io.breakwater.wal.log.bookkeeper;

import java.time.Duration;
import java.util.Map;
import org.apache.bookkeeper.client.EnsemblePlacementPolicy;
import org.apache.bookkeeper.client.RackawareEnsemblePlacementPolicy;
import org.apache.bookkeeper.client.RegionAwareEnsemblePlacementPolicy;
import org.apache.bookkeeper.client.ZoneawareEnsemblePlacementPolicy;

/**
 * How the BookKeeper engine works.
 *
 * @param zooKeeper the ZooKeeper of BookKeeper: {@code host:port}, several separated by commas
 * @param ledgersPath where BookKeeper keeps its metadata in that ZooKeeper
 * @param root where the workspaces are kept in that ZooKeeper
 * @param ensemble bookies that a ledger is spread over
 * @param writeQuorum copies of each entry
 * @param ackQuorum copies that are on disk before an entry is acknowledged
 * @param placement how a ledger's bookies are chosen
 * @param rollBytes bytes after which a log goes on in a new ledger
 * @param rollInterval age after which a log goes on in a new ledger
 * @param maxRecordBytes the largest append
 * @param maxPendingBytes bytes of one log that may wait before its writer is held back
 * @param window entries of one log that are under way at once; more are gathered
 * @param requestTimeout how long a bookie may take before it is replaced
 * @param appendTimeout how long an append may take with all repairs before the log fails
 * @param sessionTimeout of the session with ZooKeeper
 * @param tls how connections to bookies are encrypted; null if they are not
 * @param client further settings of BookKeeper's client, by its own names
 */
public record BookKeeperOptions(
    String zooKeeper,
    String ledgersPath,
    String root,
    int ensemble,
    int writeQuorum,
    int ackQuorum,
    Placement placement,
    long rollBytes,
    Duration rollInterval,
    long maxRecordBytes,
    long maxPendingBytes,
    int window,
    Duration requestTimeout,
    Duration appendTimeout,
    Duration sessionTimeout,
    TlsOptions tls,
    Map<String, String> client) {

  /** BookKeeper's own name for the program that tells racks, in {@link #client}. */
  public static final String TOPOLOGY_SCRIPT = "networkTopologyScriptFileName";

  /** BookKeeper's policies by which the bookies of a ledger are chosen. */
  public enum Placement {
    /** Over racks. */
    RACK(RackawareEnsemblePlacementPolicy.class),
    /** Over regions, and racks in them. */
    REGION(RegionAwareEnsemblePlacementPolicy.class),
    /** Over availability zones, and upgrade domains in them. */
    ZONE(ZoneawareEnsemblePlacementPolicy.class);

    private final Class<? extends EnsemblePlacementPolicy> policy;

    Placement(Class<? extends EnsemblePlacementPolicy> policy) {
      this.policy = policy;
    }

    Class<? extends EnsemblePlacementPolicy> policy() {
      return policy;
    }
  }

  /** Payload of an entry at most: one of 5 MiB fails as if there were no bookies. */
  static final int MAX_ENTRY_PAYLOAD = 4 << 20;

  public BookKeeperOptions {
    client = Map.copyOf(client);
    if (ackQuorum > writeQuorum || writeQuorum > ensemble) {
      throw new IllegalArgumentException(
          "Invalid quorums: ensemble "
              + ensemble
              + ", write quorum "
              + writeQuorum
              + ", ack quorum "
              + ackQuorum
              + ", must be ensemble >= write quorum >= ack quorum");
    }
  }
}
