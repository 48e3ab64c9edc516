package io.breakwater.wal.replication;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.replication.ReplicationException;
import org.apache.hadoop.hbase.replication.ReplicationQueueInfo;
import org.apache.hadoop.hbase.replication.ReplicationQueueStorage;

/** Puts logs on the queues of one peer. */
final class Requeue {

  private final ReplicationQueueStorage queues;
  private final String peer;

  Requeue(ReplicationQueueStorage queues, String peer) {
    this.queues = queues;
    this.peer = peer;
  }

  /**
   * Queues what is on no queue of the peer, at its start.
   *
   * @return how many those were
   */
  int add(LeftLogs logs) throws ReplicationException {
    Set<String> queued = queued();
    int added = 0;
    for (Map.Entry<ServerName, List<String>> server : logs.byServer().entrySet()) {
      for (String log : server.getValue()) {
        if (queued.add(log)) {
          queues.addWAL(server.getKey(), peer, log);
          added++;
        }
      }
    }
    return added;
  }

  private Set<String> queued() throws ReplicationException {
    Set<String> logs = new HashSet<>();
    for (ServerName server : queues.getListOfReplicators()) {
      for (String queue : queues.getAllQueues(server)) {
        if (new ReplicationQueueInfo(queue).getPeerId().equals(peer)) {
          logs.addAll(queues.getWALsInQueue(server, queue));
        }
      }
    }
    return logs;
  }
}
