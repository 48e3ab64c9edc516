package io.breakwater.lineage.events;

import org.apache.iceberg.events.CreateSnapshotEvent;
import org.apache.iceberg.events.Listeners;
import org.apache.iceberg.events.ScanEvent;

/**
 * Learns from Iceberg which snapshots this process commits and reads. One for the process, because
 * Iceberg keeps its listeners for ever. To be loaded only where Iceberg is.
 */
final class IcebergSnapshots {

  private static final SnapshotIds IDS = register();

  private IcebergSnapshots() {}

  private static SnapshotIds register() {
    SnapshotIds ids = new SnapshotIds();
    Listeners.register(event -> ids.add(event.snapshotId()), CreateSnapshotEvent.class);
    Listeners.register(event -> ids.add(event.snapshotId()), ScanEvent.class);
    return ids;
  }

  static SnapshotIds ids() {
    return IDS;
  }
}
