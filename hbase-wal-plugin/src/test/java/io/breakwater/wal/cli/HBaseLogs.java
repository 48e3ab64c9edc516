package io.breakwater.wal.cli;

import java.io.IOException;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellBuilderType;
import org.apache.hadoop.hbase.ExtendedCellBuilderFactory;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.regionserver.MultiVersionConcurrencyControl;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.util.CommonFSUtils;
import org.apache.hadoop.hbase.wal.AbstractFSWALProvider;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALFactory;
import org.apache.hadoop.hbase.wal.WALKeyImpl;

/** Write-ahead logs of the provider, as a region server leaves them. */
final class HBaseLogs {

  private static final byte[] FAMILY = Bytes.toBytes("f");

  private HBaseLogs() {}

  /**
   * Writes a log with a row for each number below {@code rows}.
   *
   * @return its path, among the archived logs
   */
  static Path write(Configuration conf, java.nio.file.Path root, int rows) throws IOException {
    CommonFSUtils.setRootDir(conf, new Path(root.toUri()));
    CommonFSUtils.setWALRootDir(conf, new Path("bwal://prod/hbase"));
    conf.set(WALFactory.WAL_PROVIDER, "io.breakwater.wal.BreakwaterWALProvider");
    String server = ServerName.valueOf("rs1", 16020, 1).toString();
    WALFactory factory = new WALFactory(conf, server);
    RegionInfo region = RegionInfoBuilder.newBuilder(TableName.valueOf("t")).build();
    MultiVersionConcurrencyControl mvcc = new MultiVersionConcurrencyControl();
    WAL wal = factory.getWAL(region);
    NavigableMap<byte[], Integer> scopes = new TreeMap<>(Bytes.BYTES_COMPARATOR);
    for (int i = 0; i < rows; i++) {
      Cell cell =
          ExtendedCellBuilderFactory.create(CellBuilderType.DEEP_COPY)
              .setRow(Bytes.toBytes("row-" + i))
              .setFamily(FAMILY)
              .setQualifier(FAMILY)
              .setTimestamp(1)
              .setType(Cell.Type.Put)
              .setValue(Bytes.toBytes("value-" + i))
              .build();
      wal.sync(
          wal.appendData(
              region,
              new WALKeyImpl(region.getEncodedNameAsBytes(), region.getTable(), 1L, mvcc, scopes),
              new WALEdit().add(cell)));
    }
    Path path = AbstractFSWALProvider.getCurrentFileName(wal);
    factory.close();
    return AbstractFSWALProvider.findArchivedLog(path, conf);
  }
}
