package io.breakwater.iceberg.convert;

import io.breakwater.iceberg.plan.Target;
import java.util.function.BiConsumer;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/**
 * The operations of a table, with a check of our own just before each commit: what it accepted is
 * what the catalog compares and swaps. It holds in every Iceberg version, and for updates that do
 * not validate what we need.
 */
final class GuardedCommits implements TableOperations {
  private final TableOperations operations;
  private final String branch;
  private final BiConsumer<TableMetadata, Snapshot> check;

  private GuardedCommits(
      TableOperations operations, String branch, BiConsumer<TableMetadata, Snapshot> check) {
    this.operations = operations;
    this.branch = branch;
    this.check = check;
  }

  /**
   * The target's table, whose commits are checked.
   *
   * @param check gets the metadata that a commit replaces and the head of the branch in it; throws
   *     {@link org.apache.iceberg.exceptions.ValidationException} to refuse
   */
  static Table of(Target target, BiConsumer<TableMetadata, Snapshot> check) {
    TableOperations operations = ((HasTableOperations) target.table()).operations();
    return new BaseTable(
        new GuardedCommits(operations, target.branch(), check), target.table().name());
  }

  @Override
  public void commit(TableMetadata base, TableMetadata metadata) {
    SnapshotRef ref = base.ref(branch);
    check.accept(base, ref == null ? null : base.snapshot(ref.snapshotId()));
    operations.commit(base, metadata);
  }

  @Override
  public TableMetadata current() {
    return operations.current();
  }

  @Override
  public TableMetadata refresh() {
    return operations.refresh();
  }

  @Override
  public FileIO io() {
    return operations.io();
  }

  @Override
  public EncryptionManager encryption() {
    return operations.encryption();
  }

  @Override
  public String metadataFileLocation(String fileName) {
    return operations.metadataFileLocation(fileName);
  }

  @Override
  public LocationProvider locationProvider() {
    return operations.locationProvider();
  }

  @Override
  public TableOperations temp(TableMetadata uncommitted) {
    return operations.temp(uncommitted);
  }

  @Override
  public long newSnapshotId() {
    return operations.newSnapshotId();
  }

  @Override
  public boolean requireStrictCleanup() {
    return operations.requireStrictCleanup();
  }
}
