package io.breakwater.wal.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.wal.cluster.AcknowledgedRows.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.Delete;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.util.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class AcknowledgedRowsIT {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS, factory = KeptOnFailure.class)
  private Path directory;

  private final AcknowledgedRows rows =
      new AcknowledgedRows(TableName.valueOf("rows"), System.nanoTime());

  @Test
  void verification_namesEveryRowThatIsLostOrDifferentOrWasNeverWritten() throws IOException {
    try (HBaseCluster cluster =
            HBaseCluster.in(directory)
                .regionServers(1)
                .breakwater(directory.resolve("logs"))
                .start();
        Connection connection = cluster.connect();
        Table table = connection.getTable(rows.table())) {
      rows.createTable(connection, 2);
      rows.write(connection, 300, 4);
      assertThat(rows.verify(connection).isExact()).isTrue();

      List<Result> written = scan(table);
      byte[] lost = written.get(0).getRow();
      Result shortened = written.get(150);
      Result changed = written.get(299);
      byte[] family = CellUtil.cloneFamily(changed.rawCells()[0]);
      table.delete(new Delete(lost));
      table.delete(new Delete(shortened.getRow()).addColumns(family, Bytes.toBytes("second")));
      table.put(
          new Put(changed.getRow())
              .addColumn(family, Bytes.toBytes("first"), Bytes.toBytes("something else")));
      table.put(
          new Put(Bytes.toBytes("stranger"))
              .addColumn(family, Bytes.toBytes("first"), Bytes.toBytes("")));

      Verification verification = rows.verify(connection);
      assertThat(verification.lost()).containsExactly(Bytes.toString(lost));
      assertThat(verification.different())
          .containsExactly(Bytes.toString(shortened.getRow()), Bytes.toString(changed.getRow()));
      assertThat(verification.neverWritten()).containsExactly("stranger");
      assertThat(verification.found()).isEqualTo(297);
      assertThatThrownBy(verification::assertExact)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("lost 1 [" + Bytes.toString(lost))
          .hasMessageContaining("seed " + verification.seed());
    }
  }

  private static List<Result> scan(Table table) throws IOException {
    List<Result> results = new ArrayList<>();
    try (ResultScanner scanner = table.getScanner(new Scan())) {
      scanner.forEach(results::add);
    }
    return results;
  }
}
