package io.breakwater.install;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.util.Bytes;

/**
 * A client of the HBase whose configuration is on the class path: {@code put TABLE ROW VALUE} makes
 * the table if need be, {@code get TABLE ROW} prints the value.
 */
public final class Rows {

  private static final byte[] FAMILY = "f".getBytes(StandardCharsets.UTF_8);
  private static final byte[] QUALIFIER = "q".getBytes(StandardCharsets.UTF_8);

  private Rows() {}

  public static void main(String[] args) throws IOException {
    Configuration conf = HBaseConfiguration.create();
    TableName name = TableName.valueOf(args[1]);
    byte[] row = args[2].getBytes(StandardCharsets.UTF_8);
    try (Connection connection = ConnectionFactory.createConnection(conf);
        Admin admin = connection.getAdmin();
        Table table = connection.getTable(name)) {
      switch (args[0]) {
        case "put" -> {
          if (!admin.tableExists(name)) {
            admin.createTable(
                TableDescriptorBuilder.newBuilder(name)
                    .setColumnFamily(ColumnFamilyDescriptorBuilder.of(FAMILY))
                    .build());
          }
          table.put(
              new Put(row).addColumn(FAMILY, QUALIFIER, args[3].getBytes(StandardCharsets.UTF_8)));
          System.out.println("acknowledged " + args[2]);
        }
        case "get" ->
            System.out.println(
                "value " + Bytes.toString(table.get(new Get(row)).getValue(FAMILY, QUALIFIER)));
        default ->
            throw new IllegalArgumentException(
                "Invalid command: " + args[0] + ", must be put or get");
      }
    }
  }
}
