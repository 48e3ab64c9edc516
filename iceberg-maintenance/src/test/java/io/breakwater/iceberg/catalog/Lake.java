package io.breakwater.iceberg.catalog;

import io.breakwater.iceberg.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** A catalog of the session with whatever server it needs. */
final class Lake implements AutoCloseable {
  enum Kind {
    HADOOP,
    JDBC,
    REST,
    REST_ON_S3
  }

  private final LocalSpark spark;
  private final String catalog;
  private final Deque<Runnable> servers = new ArrayDeque<>();

  private Lake(LocalSpark spark, String catalog) {
    this.spark = spark;
    this.catalog = catalog;
  }

  static Lake open(LocalSpark spark, Kind kind, Path directory) throws IOException {
    Lake lake = new Lake(spark, kind.name().toLowerCase(Locale.ROOT));
    try {
      lake.open(kind, directory);
      return lake;
    } catch (IOException | RuntimeException e) {
      lake.close();
      throw e;
    }
  }

  /** The name of the catalog. */
  String catalog() {
    return catalog;
  }

  @Override
  public void close() {
    while (!servers.isEmpty()) {
      servers.pop().run();
    }
  }

  private void open(Kind kind, Path directory) throws IOException {
    String local = directory.resolve("warehouse").toString();
    String prefix = "spark.sql.catalog." + catalog;
    spark.session().conf().set(prefix, "org.apache.iceberg.spark.SparkCatalog");
    properties(kind, directory, local)
        .forEach((key, value) -> spark.session().conf().set(prefix + "." + key, value));
    if (kind != Kind.HADOOP) {
      spark.sql("CREATE NAMESPACE " + catalog + ".db");
    }
  }

  private Map<String, String> properties(Kind kind, Path directory, String local)
      throws IOException {
    return switch (kind) {
      case HADOOP -> Map.of("type", "hadoop", "warehouse", local);
      case JDBC -> jdbc(Map.of("type", "jdbc", "warehouse", local));
      case REST -> rest(Map.of("warehouse", local));
      case REST_ON_S3 -> {
        S3Server s3 = S3Server.start(directory);
        servers.push(s3::close);
        Map<String, String> properties = new HashMap<>(s3.properties());
        properties.put("warehouse", s3.warehouse());
        yield rest(properties);
      }
    };
  }

  private Map<String, String> rest(Map<String, String> properties) throws IOException {
    JdbcCatalog behind = new JdbcCatalog();
    behind.setConf(new Configuration());
    behind.initialize("behind", jdbc(properties));
    RestServer server = RestServer.start(behind);
    servers.push(server::close);
    Map<String, String> client = new HashMap<>(properties);
    client.put("type", "rest");
    client.put("uri", server.uri());
    return client;
  }

  private static Map<String, String> jdbc(Map<String, String> properties) {
    Map<String, String> all = new HashMap<>(properties);
    all.put("uri", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    return all;
  }
}
