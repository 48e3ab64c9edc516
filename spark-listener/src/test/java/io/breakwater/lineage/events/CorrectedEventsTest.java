package io.breakwater.lineage.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.LineageSession;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the events of a real session say about files, caches, Iceberg tables and a database. */
class CorrectedEventsTest {

  private static final String SECRET = "hunter2";
  private static final String DATABASE =
      "jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1;USER=sa;PASSWORD=" + SECRET;

  @TempDir private static Path directory;
  private static List<JsonNode> events;
  private static final Map<String, Long> snapshots = new HashMap<>();

  @BeforeAll
  static void runJobs() throws Exception {
    try (LineageSession session = LineageSession.start(directory, Map.of())) {
      SparkSession spark = session.spark();
      files(spark);
      iceberg(spark, "mor", "merge-on-read");
      iceberg(spark, "cow", "copy-on-write");
      database(spark);
      events = session.stop();
    }
  }

  private static void files(SparkSession spark) throws Exception {
    Path csv = Files.createDirectory(directory.resolve("csv"));
    Files.writeString(csv.resolve("people.csv"), "id,name\n1,a\n2,b\n");
    Dataset<Row> people =
        spark
            .read()
            .option("header", "true")
            .option("inferSchema", "true")
            .csv(csv.resolve("people.csv").toString());
    people.write().parquet(path("people"));
    spark.read().parquet(path("people")).localCheckpoint().write().parquet(path("from_checkpoint"));
    spark.read().parquet(path("people")).cache().write().parquet(path("from_cache"));
  }

  private static void iceberg(SparkSession spark, String table, String mode) {
    String properties =
        Stream.of("delete", "update", "merge")
            .map(command -> ", 'write." + command + ".mode'='" + mode + "'")
            .reduce("'format-version'='3'", String::concat);
    spark.sql(
        "create table ice.db."
            + table
            + " (id bigint, name string) using iceberg tblproperties ("
            + properties
            + ")");
    spark.sql(
        "create table ice.db.changes_"
            + table
            + " (id bigint, name string) using iceberg tblproperties ('format-version'='3')");
    spark.sql("insert into ice.db." + table + " select id, 'x' from range(10)");
    spark.sql("insert into ice.db.changes_" + table + " values (5, 'new'), (500, 'new')");
    commit(
        spark,
        table,
        "merge",
        "merge into ice.db."
            + table
            + " t using ice.db.changes_"
            + table
            + " c on t.id = c.id when matched then update set * when not matched then insert *");
    commit(
        spark,
        table,
        "update",
        "update ice.db."
            + table
            + " set name = 'u' where id in (select id from ice.db.changes_"
            + table
            + ")");
    commit(
        spark,
        table,
        "delete",
        "delete from ice.db."
            + table
            + " where id in (select id from ice.db.changes_"
            + table
            + ")");
  }

  private static void commit(SparkSession spark, String table, String command, String sql) {
    spark.sql(sql);
    snapshots.put(
        command + " " + table,
        spark
            .sql(
                "select snapshot_id from ice.db."
                    + table
                    + ".snapshots order by committed_at desc limit 1")
            .head()
            .getLong(0));
  }

  private static void database(SparkSession spark) throws Exception {
    try (Connection connection = DriverManager.getConnection(DATABASE)) {
      connection.createStatement().execute("create table orders (id int, name varchar(10))");
    }
    spark
        .read()
        .format("jdbc")
        .option("url", DATABASE)
        .option("dbtable", "orders")
        .load()
        .write()
        .parquet(path("orders"));
    spark.sql(
        "create temporary view orders using jdbc options (url '"
            + DATABASE
            + "', dbtable 'orders', user 'sa', password '"
            + SECRET
            + "')");
    spark.sql(
        "insert overwrite directory '"
            + path("from_sql")
            + "' using parquet select id, '"
            + DATABASE
            + "' as password from orders");
    assertThatThrownBy(
        () ->
            spark
                .sql("select raise_error('no access to " + DATABASE + "') from range(1)")
                .write()
                .parquet(path("failed")));
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  @Test
  void inputsBehindACache_areNamed() {
    assertThat(names(last("from_cache", "outputs"), "inputs")).containsExactly(path("people"));
  }

  @Test
  void inputsBehindACheckpoint_areNamed() {
    assertThat(names(last("from_checkpoint", "outputs"), "inputs")).containsExactly(path("people"));
  }

  @Test
  void helpersThatLookAtFiles_areChildrenOfTheRunThatReadsThem() {
    String reader = last("people", "outputs").at("/job/name").asText();
    List<JsonNode> links =
        events.stream().filter(event -> event.at("/eventType").asText().equals("OTHER")).toList();
    assertThat(links).hasSizeGreaterThanOrEqualTo(2);
    assertThat(links)
        .extracting(event -> event.at("/run/facets/parent/job/name").asText())
        .contains(reader);
    assertThat(links)
        .extracting(event -> event.at("/job/name").asText())
        .anyMatch(name -> name.contains("collect_limit"));
    assertThat(links)
        .as("the file that was read alone")
        .allSatisfy(event -> assertThat(names(event, "inputs")).doesNotContain(path("csv")))
        .anySatisfy(
            event -> assertThat(names(event, "inputs")).contains(path("csv") + "/people.csv"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"merge mor", "update mor", "delete mor", "merge cow", "update cow", "delete cow"})
  void rowLevelCommand_namesItsInputsAndItsOutput(String command) {
    String table = command.substring(command.indexOf(' ') + 1);
    List<JsonNode> run = runOf(snapshots.get(command));
    for (JsonNode event : List.of(run.get(0), run.get(run.size() - 1))) {
      assertThat(names(event, "inputs"))
          .containsExactlyInAnyOrder("db/" + table, "db/changes_" + table);
      assertThat(names(event, "outputs")).containsExactly("db/" + table);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"merge mor", "update mor", "delete mor", "merge cow", "update cow", "delete cow"})
  void snapshotIds_areExactIntegers(String command) {
    long committed = snapshots.get(command);
    List<JsonNode> run = runOf(committed);
    JsonNode end = run.get(run.size() - 1);
    JsonNode report = end.at("/outputs/0/outputFacets/icebergCommitReport");
    assertThat(report.at("/snapshotId").isIntegralNumber()).isTrue();
    assertThat(report.at("/snapshotId").longValue()).isEqualTo(committed);
    assertThat(report.at("/sequenceNumber").isIntegralNumber()).isTrue();
    for (JsonNode input : end.at("/inputs")) {
      JsonNode scan = input.at("/inputFacets/icebergScanReport");
      if (!scan.isMissingNode()) {
        assertThat(scan.at("/snapshotId").isIntegralNumber()).isTrue();
        assertThat(input.at("/facets/version/datasetVersion").asText())
            .isEqualTo(scan.at("/snapshotId").asText())
            .isNotEqualTo(String.valueOf(committed));
      }
    }
  }

  @Test
  void dataSources_areUris() {
    List<JsonNode> uris =
        events.stream()
            .flatMap(event -> event.findValues("dataSource").stream())
            .map(source -> source.get("uri"))
            .toList();
    assertThat(uris)
        .isNotEmpty()
        .allSatisfy(uri -> assertThat(URI.create(uri.asText()).isAbsolute()).isTrue());
  }

  @Test
  void noFacetOfAnyEvent_holdsASecret() {
    assertThat(last("orders", "outputs").at("/inputs/0/namespace").asText())
        .isEqualTo("h2:mem:shop");
    assertThat(last("failed", "outputs").at("/run/facets/errorMessage/message").asText())
        .contains("no access to jdbc:h2:mem:shop");
    assertThat(last("from_sql", "outputs").at("/job/facets/sql/query").asText())
        .contains("jdbc:h2:mem:shop");
    assertThat(events).noneMatch(event -> event.toString().contains(SECRET));
  }

  /** The run that committed {@code snapshot}. */
  private static List<JsonNode> runOf(long snapshot) {
    JsonNode end =
        events.stream()
            .filter(
                event ->
                    event.at("/outputs/0/outputFacets/icebergCommitReport/snapshotId").asLong()
                        == snapshot)
            .filter(event -> event.at("/eventType").asText().equals("COMPLETE"))
            .findFirst()
            .orElseThrow();
    return events.stream()
        .filter(event -> event.at("/run/runId").equals(end.at("/run/runId")))
        .toList();
  }

  /** The last event with a dataset whose path ends with {@code name}. */
  private static JsonNode last(String name, String side) {
    return events.stream()
        .filter(
            event ->
                StreamSupport.stream(event.at("/" + side).spliterator(), false)
                    .anyMatch(dataset -> dataset.at("/name").asText().endsWith("/" + name)))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static List<String> names(JsonNode event, String side) {
    String warehouse = directory.resolve("ice") + "/";
    return StreamSupport.stream(event.at("/" + side).spliterator(), false)
        .map(dataset -> dataset.at("/name").asText().replace(warehouse, ""))
        .distinct()
        .toList();
  }
}
