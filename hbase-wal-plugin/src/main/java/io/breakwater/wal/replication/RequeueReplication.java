package io.breakwater.wal.replication;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configured;
import org.apache.hadoop.hbase.Abortable;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.replication.ReplicationPeerConfig;
import org.apache.hadoop.hbase.replication.ReplicationPeerStorage;
import org.apache.hadoop.hbase.replication.ReplicationQueueStorage;
import org.apache.hadoop.hbase.replication.ReplicationStorageFactory;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.util.VersionInfo;
import org.apache.hadoop.hbase.zookeeper.MasterAddressTracker;
import org.apache.hadoop.hbase.zookeeper.ZKUtil;
import org.apache.hadoop.hbase.zookeeper.ZKWatcher;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/**
 * Makes the replication queues anew after ZooKeeper's data was lost, from the logs that are left.
 *
 * <p>HBase 2 keeps in ZooKeeper alone which logs a peer has still to get. Without that, a new
 * cluster replays the logs of the old one into its own regions, but ships nothing of them, and its
 * cleaner deletes them. This program runs before the first master of the new cluster, when
 * ZooKeeper is up: it puts every log that is left on the queues of dead servers, from which HBase
 * ships them as it recovers these servers.
 *
 * <p>Each log is shipped from its start, so the peer gets rows again that it has already; with
 * their old timestamps they change nothing. Running it twice, or with queues that were not lost, is
 * harmless for the same reason. Peers that bulk-loaded files are to be shipped to, and peers with
 * {@code SERIAL} order, get the rows, but neither the files nor the order.
 *
 * <pre>
 * hbase io.breakwater.wal.replication.RequeueReplication [--peer ID=CLUSTER_KEY]...
 * </pre>
 *
 * Peers that are not known any more, since they were in ZooKeeper too, are given with {@code
 * --peer} and are added; their other settings have to be made again. Keep peers in the file system
 * ({@code hbase.replication.peer.storage.impl=filesystem}) and none is lost.
 */
public final class RequeueReplication extends Configured implements Tool {

  private static final String USAGE =
      "Usage: hbase " + RequeueReplication.class.getName() + " [--peer ID=CLUSTER_KEY]...";

  /** Exits with 0 if all logs are queued, 1 if not, 2 if the arguments are not good. */
  public static void main(String[] arguments) throws Exception {
    System.exit(ToolRunner.run(HBaseConfiguration.create(), new RequeueReplication(), arguments));
  }

  @Override
  @SuppressWarnings("SystemOut") // A program for people.
  public int run(String[] arguments) throws Exception {
    Map<String, String> newPeers;
    try {
      newPeers = peers(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(USAGE);
      return 2;
    }
    try (ZKWatcher zooKeeper = new ZKWatcher(getConf(), "requeue-replication", new NoAbort())) {
      requireStopped(zooKeeper);
      List<String> peers = addPeers(zooKeeper, newPeers);
      ReplicationQueueStorage queues =
          ReplicationStorageFactory.getReplicationQueueStorage(zooKeeper, getConf());
      LeftLogs logs =
          LeftLogs.below(
              CommonFSUtils.getWALRootDir(getConf()), CommonFSUtils.getWALFileSystem(getConf()));
      for (String peer : peers) {
        int added = new Requeue(queues, peer).add(logs);
        System.out.printf(
            "Queued %d of %d logs for peer %s; the rest were queued already.%n",
            added, logs.count(), peer);
      }
      if (!logs.claimedByMaster()) {
        System.out.println(
            "No server died with these logs, so the master will not have them shipped: when HBase"
                + " runs, run hbase"
                + " org.apache.hadoop.hbase.replication.regionserver.ReplicationSyncUp.");
      }
      return 0;
    } catch (IOException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  private static Map<String, String> peers(String[] arguments) {
    Map<String, String> peers = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (!arguments[i].equals("--peer")) {
        throw new IllegalArgumentException(
            "Unknown argument " + arguments[i] + ": did you mean --peer?");
      }
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      int equals = value.indexOf('=');
      // What follows a - in the name of a queue is a dead server.
      if (!value.matches("[^-=]+=.+")) {
        throw new IllegalArgumentException(
            "Invalid --peer: "
                + value
                + ", must be ID=CLUSTER_KEY with no - in ID, such as"
                + " dr=zk1,zk2,zk3:2181:/hbase");
      }
      peers.put(value.substring(0, equals), value.substring(equals + 1));
    }
    return peers;
  }

  private static void requireStopped(ZKWatcher zooKeeper) throws Exception {
    List<String> servers = ZKUtil.listChildrenNoWatch(zooKeeper, zooKeeper.getZNodePaths().rsZNode);
    List<String> live = new ArrayList<>(servers == null ? List.of() : servers);
    if (ZKUtil.checkExists(zooKeeper, zooKeeper.getZNodePaths().masterAddressZNode) != -1) {
      live.add("master " + MasterAddressTracker.getMasterAddress(zooKeeper));
    }
    if (!live.isEmpty()) {
      throw new IOException(
          "Cannot queue logs for replication: HBase runs, with "
              + live
              + "; stop it first, and run this before the master is started");
    }
  }

  private List<String> addPeers(ZKWatcher zooKeeper, Map<String, String> newPeers)
      throws Exception {
    ReplicationPeerStorage storage = peerStorage(zooKeeper);
    for (Map.Entry<String, String> peer : newPeers.entrySet()) {
      if (!storage.listPeerIds().contains(peer.getKey())) {
        storage.addPeer(
            peer.getKey(),
            ReplicationPeerConfig.newBuilder().setClusterKey(peer.getValue()).build(),
            true);
      }
    }
    List<String> peers = storage.listPeerIds();
    if (peers.isEmpty()) {
      throw new IOException(
          "Cannot queue logs for replication: no peer is known, they were lost with ZooKeeper's"
              + " data; give each with --peer ID=CLUSTER_KEY");
    }
    return peers;
  }

  /** Through reflection: HBase 2.5, which has no peers in the file system, asks for less. */
  private ReplicationPeerStorage peerStorage(ZKWatcher zooKeeper) throws Exception {
    for (Method method : ReplicationStorageFactory.class.getMethods()) {
      if (method.getName().equals("getReplicationPeerStorage")) {
        return (ReplicationPeerStorage)
            (method.getParameterCount() == 2
                ? method.invoke(null, zooKeeper, getConf())
                : method.invoke(
                    null, CommonFSUtils.getRootDirFileSystem(getConf()), zooKeeper, getConf()));
      }
    }
    throw new IOException(
        "Cannot queue logs for replication: HBase "
            + VersionInfo.getVersion()
            + " keeps its peers in another way than HBase 2");
  }

  /** A program that lost ZooKeeper gets the error from its call. */
  private static final class NoAbort implements Abortable {
    @Override
    public void abort(String why, Throwable e) {
      throw new IllegalStateException("Cannot go on: " + why, e);
    }

    @Override
    public boolean isAborted() {
      return false;
    }
  }
}
