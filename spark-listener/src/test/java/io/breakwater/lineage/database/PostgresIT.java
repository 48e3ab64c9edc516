package io.breakwater.lineage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.Events;
import io.breakwater.lineage.HttpBackend;
import io.breakwater.lineage.LineageListener;
import io.breakwater.lineage.spool.SpoolStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lineage of tables in a real PostgreSQL, read and written over JDBC. */
class PostgresIT {

  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private Path directory;
  private PostgresServer postgres;
  private HttpBackend backend;
  private SparkSession spark;

  @BeforeEach
  void start() throws Exception {
    Optional<Path> programs = PostgresServer.programs();
    if (programs.isEmpty()) {
      String skipped = "PostgresIT is skipped: the Debian package postgresql is not installed";
      System.err.println(skipped);
      Assumptions.abort(skipped);
    }
    postgres = PostgresServer.start(programs.get());
    postgres.execute(
        "CREATE SCHEMA hr",
        "CREATE TABLE hr.employees (id INT PRIMARY KEY, name TEXT, department INT)",
        "CREATE TABLE hr.departments (id INT PRIMARY KEY, title TEXT)",
        "INSERT INTO hr.departments VALUES (1, 'sea'), (2, 'land')",
        "INSERT INTO hr.employees VALUES (1, 'Ada', 1), (2, 'Bo', 2), (3, 'Cy', 1)");
    backend = HttpBackend.answering(201);
    Path spool = directory.resolve("spool");
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("payroll")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
            .config("spark.extraListeners", LineageListener.class.getName())
            .config("spark.openlineage.transport.type", "http")
            .config("spark.openlineage.transport.url", backend.url())
            .config("spark.breakwater.lineage.spool.dir", spool.toString())
            .getOrCreate();
    await()
        .atMost(LONG)
        .until(() -> SpoolStatus.list(spool).stream().anyMatch(s -> s.owned() && s.segments() > 0));
  }

  @AfterEach
  void stop() throws Exception {
    if (spark != null) {
      spark.stop();
    }
    if (backend != null) {
      backend.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  @Test
  void joinOfTwoTables_isLineageFromBothToTheTableWritten() throws Exception {
    table("hr.employees").createOrReplaceTempView("employees");
    table("hr.departments").createOrReplaceTempView("departments");
    spark
        .sql("SELECT e.name, d.title FROM employees e JOIN departments d ON e.department = d.id")
        .write()
        .format("jdbc")
        .option("url", urlWithPassword())
        .option("dbtable", "hr.staff")
        .mode("append")
        .save();

    JsonNode write = ended("COMPLETE");
    assertThat(names(write, "inputs"))
        .containsExactlyInAnyOrder(named("hr.employees"), named("hr.departments"));
    assertThat(names(write, "outputs")).containsExactly(named("hr.staff"));
    assertThat(table("hr.staff").count()).isEqualTo(3);
    assertNoPassword();
  }

  @Test
  void failureInTheDatabase_isAFailWithItsMessageAndWithoutThePassword() throws Exception {
    assertThatThrownBy(
            () ->
                spark
                    .range(3)
                    .selectExpr("CAST(id AS INT) AS id", "'twice' AS title")
                    .write()
                    .format("jdbc")
                    .option("url", urlWithPassword())
                    .option("dbtable", "hr.departments")
                    .mode("append")
                    .save())
        .hasStackTraceContaining("duplicate key value");

    JsonNode failed = ended("FAIL");
    assertThat(failed.at("/run/facets/errorMessage/message").asText()).contains("duplicate key");
    assertNoPassword();
  }

  private org.apache.spark.sql.Dataset<org.apache.spark.sql.Row> table(String name) {
    return spark
        .read()
        .format("jdbc")
        .option("url", postgres.url())
        .option("user", PostgresServer.USER)
        .option("password", PostgresServer.PASSWORD)
        .option("dbtable", name)
        .load();
  }

  private String urlWithPassword() {
    return postgres.url() + "?user=" + PostgresServer.USER + "&password=" + PostgresServer.PASSWORD;
  }

  /** The end of the run that writes. */
  private JsonNode ended(String type) {
    return await()
        .atMost(LONG)
        .until(
            () ->
                Events.parse(backend.accepted()).stream()
                    .filter(event -> event.path("eventType").asText().equals(type))
                    .filter(event -> event.at("/job/name").asText().contains("save_into"))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private String named(String table) {
    return "postgres://127.0.0.1:%d postgres.%s".formatted(postgres.port(), table);
  }

  private static List<String> names(JsonNode event, String side) {
    return StreamSupport.stream(event.path(side).spliterator(), false)
        .map(set -> set.get("namespace").asText() + " " + set.get("name").asText())
        .toList();
  }

  private void assertNoPassword() {
    spark.stop();
    assertThat(backend.accepted())
        .isNotEmpty()
        .noneMatch(event -> event.contains(PostgresServer.PASSWORD));
  }
}
