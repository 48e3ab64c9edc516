package io.breakwater.lineage.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.agent.ArgumentParser;
import io.openlineage.spark.agent.EventEmitter;
import io.openlineage.spark.agent.lifecycle.ContextFactory;
import io.openlineage.spark.agent.lifecycle.ExecutionContext;
import io.openlineage.spark.api.SparkOpenLineageConfig;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the few builders of plain writes make of real queries, beside what all of them make. */
class PlainWriteContextsTest {

  @TempDir private static Path directory;

  private static final Map<Long, SparkListenerSQLExecutionStart> STARTS = new ConcurrentHashMap<>();
  private static final Map<Long, SparkListenerSQLExecutionEnd> ENDS = new ConcurrentHashMap<>();

  private static SparkSession spark;
  private static Emitted emitted;
  private static ContextFactory all;
  private static PlainWriteContexts few;
  private static final List<Long> SAYS_ALL = new ArrayList<>();

  private static final class Emitted extends EventEmitter {
    private ObjectNode last;

    Emitted(SparkOpenLineageConfig config) throws Exception {
      super(config, "application");
    }

    @Override
    public void emit(OpenLineage.RunEvent event) {
      try {
        last = EventJson.tree(OpenLineageClientUtils.toJson(event).getBytes(UTF_8));
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  @BeforeAll
  static void sessionWithTables() throws Exception {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("plain writes")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
            .config("spark.sql.catalogImplementation", "hive")
            .config(
                "spark.hadoop.javax.jdo.option.ConnectionURL",
                "jdbc:derby:memory:" + directory.getFileName() + ";create=true")
            .config("spark.hadoop.hive.exec.scratchdir", directory.resolve("scratch").toString())
            .config("spark.hadoop.datanucleus.schema.autoCreateTables", "true")
            .config("spark.hadoop.hive.metastore.schema.verification", "false")
            .config("spark.openlineage.transport.type", "console")
            .getOrCreate();
    spark.sparkContext().addSparkListener(new Seen());
    spark
        .range(20)
        .selectExpr("id", "id % 3 AS kind", "CAST(id AS STRING) AS name", "array(id, 1L) AS many")
        .write()
        .parquet(path("facts"));
    spark.range(3).selectExpr("id AS kind", "'k' AS label").write().csv(path("kinds"));
    spark.read().parquet(path("facts")).createOrReplaceTempView("facts");
    spark
        .read()
        .schema("kind BIGINT, label STRING")
        .csv(path("kinds"))
        .createOrReplaceTempView("kinds");
    spark.sql("CREATE TABLE sales (id BIGINT, kind BIGINT) USING parquet PARTITIONED BY (kind)");
    spark.sql("INSERT INTO sales SELECT id, kind FROM facts");

    SparkOpenLineageConfig config = ArgumentParser.parse(spark.sparkContext().conf());
    emitted = new Emitted(config);
    all = new ContextFactory(emitted, new SimpleMeterRegistry(), config);
    few = new PlainWriteContexts(all, SAYS_ALL::add);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void forget() {
    STARTS.clear();
    ENDS.clear();
    SAYS_ALL.clear();
  }

  private static final class Seen extends SparkListener {
    @Override
    public void onOtherEvent(SparkListenerEvent event) {
      if (event instanceof SparkListenerSQLExecutionStart start) {
        STARTS.put(start.executionId(), start);
      } else if (event instanceof SparkListenerSQLExecutionEnd end) {
        ENDS.put(end.executionId(), end);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 AS one",
        "SELECT * FROM VALUES (1, 'a'), (2, 'b') AS t(id, name)",
        "SELECT id * 2 AS twice FROM range(5)",
        "SELECT * FROM facts",
        "SELECT id, upper(name) AS name FROM facts WHERE kind = 1 AND id > 3",
        "SELECT DISTINCT kind FROM facts",
        "SELECT kind, count(*) AS n, max(name) AS last FROM facts GROUP BY kind HAVING count(*) > 1",
        "SELECT f.id, k.label FROM facts f JOIN kinds k ON f.kind = k.kind ORDER BY f.id",
        "SELECT f.id, k.label FROM facts f LEFT JOIN kinds k USING (kind)",
        "SELECT id FROM facts UNION ALL SELECT kind FROM kinds",
        "SELECT id FROM facts INTERSECT SELECT kind FROM kinds",
        "SELECT id, row_number() OVER (PARTITION BY kind ORDER BY name) AS r FROM facts",
        "SELECT id, explode(many) AS one FROM facts",
        "SELECT id FROM facts ORDER BY name DESC LIMIT 3",
        "WITH f AS (SELECT * FROM facts WHERE id < 9) SELECT a.id, b.name FROM f a, f b",
        "SELECT id, (SELECT max(kind) FROM kinds) AS most FROM facts",
        "SELECT id FROM facts WHERE kind IN (SELECT kind FROM kinds WHERE label = 'k')",
        "SELECT id FROM facts f WHERE EXISTS (SELECT 1 FROM kinds k WHERE k.kind = f.kind)",
        "SELECT (SELECT max(id) FROM facts) AS highest",
        "SELECT * FROM sales WHERE kind = 2",
        "SELECT * FROM facts WHERE false",
        "SELECT CASE WHEN kind = 1 THEN name ELSE sha2(name, 256) END AS secret FROM facts",
        "SELECT kind, ids FROM (SELECT kind, collect_list(id) AS ids FROM facts GROUP BY kind)",
        "SELECT * FROM (SELECT kind, id FROM facts) PIVOT (sum(id) FOR kind IN (0, 1))",
        "SELECT kind, grouping_id() AS g, count(*) FROM facts GROUP BY CUBE (kind)",
      })
  void everyQueryOfFiles_isWhatAllBuildersMakeOfIt(String sql) throws Exception {
    String table = path("out" + Integer.toHexString(sql.hashCode()));
    assertSame(spark.sql(sql), data -> data.write().parquet(table));
  }

  @Test
  void everyWayToWriteFiles_isWhatAllBuildersMakeOfIt() throws Exception {
    Dataset<?> facts = spark.sql("SELECT id, kind FROM facts");
    assertSame(facts, data -> data.write().partitionBy("kind").json(path("partitioned")));
    assertSame(facts, data -> data.write().mode(SaveMode.Overwrite).parquet(path("over")));
    assertSame(facts, data -> data.write().mode(SaveMode.Overwrite).parquet(path("over")));
    assertSame(facts, data -> data.write().mode(SaveMode.Append).orc(path("appended")));
    assertSame(facts, data -> data.repartition(2).write().csv(path("csv")));
    assertSame(facts, data -> data.coalesce(1).write().option("header", true).csv(path("header")));
    assertSame(facts, data -> data.write().insertInto("sales"));
    assertSame(facts, data -> spark.sql("INSERT OVERWRITE sales SELECT id, kind FROM facts"));
    assertSame(
        facts,
        data -> spark.sql("INSERT OVERWRITE sales PARTITION (kind = 1) SELECT id FROM facts"));
    assertSame(
        facts.selectExpr("CAST(id AS STRING) AS value"), data -> data.write().text(path("text")));
  }

  @Test
  void queryThatReadsOrWritesAnythingElse_getsOpenLineagesOwnContext() throws Exception {
    Dataset<?> cached = spark.sql("SELECT id FROM facts").cache();
    assertNotPlain(() -> cached.write().parquet(path("cached")));
    assertNotPlain(() -> cached.count());
    assertNotPlain(() -> spark.sql("SELECT * FROM facts").collectAsList());
    assertNotPlain(() -> spark.sql("CREATE TABLE made USING parquet AS SELECT 1 AS a"), 1);
    assertNotPlain(
        () ->
            spark
                .createDataFrame(spark.range(2).toDF().javaRDD(), spark.range(2).toDF().schema())
                .write()
                .parquet(path("rdd")));
    cached.unpersist();
  }

  /** Runs {@code write}, and has the one query that it is be read by few builders and by all. */
  private static void assertSame(Dataset<?> data, Consumer<Dataset<?>> write) throws Exception {
    List<Long> ids = run(() -> write.accept(data));
    assertThat(ids).hasSize(1);
    long id = ids.get(0);
    assertThat(few.isPlainWrite(ENDS.get(id).qe())).isTrue();

    ExecutionContext stock = all.createSparkSQLExecutionContext(ENDS.get(id)).orElseThrow();
    stock.start(STARTS.get(id));
    ObjectNode start = comparable(emitted.last);
    stock.end(ENDS.get(id));
    ObjectNode end = comparable(emitted.last);
    few.create(id, ENDS.get(id).qe()).start(STARTS.get(id));
    ObjectNode ours = comparable(emitted.last);

    assertThat(ours).isEqualTo(start);
    assertThat(ours).as("what all builders say at the end").isEqualTo(end);
    assertThat(SAYS_ALL).contains(id);
  }

  private static void assertNotPlain(Runnable query) throws Exception {
    assertNotPlain(query, 0);
  }

  /** Of several queries {@code plain} are plain writes. */
  private static void assertNotPlain(Runnable query, int plain) throws Exception {
    List<Long> ids = run(query);
    assertThat(ids).hasSizeGreaterThan(plain);
    assertThat(ids).filteredOn(id -> few.isPlainWrite(ENDS.get(id).qe())).hasSize(plain);
  }

  private static List<Long> run(Runnable query) throws Exception {
    spark.sparkContext().listenerBus().waitUntilEmpty();
    STARTS.clear();
    query.run();
    spark.sparkContext().listenerBus().waitUntilEmpty();
    assertThat(ENDS).containsKeys(STARTS.keySet().toArray(Long[]::new));
    return STARTS.keySet().stream().sorted().toList();
  }

  /** Without what belongs to one event, and what {@link QueryJobs} adds to the end of a query. */
  private static ObjectNode comparable(ObjectNode event) {
    ObjectNode run = event.withObject("/run");
    run.remove("runId");
    run.withObject("/facets")
        .remove(List.of("spark_applicationDetails", "spark_jobDetails", "environment-properties"));
    event.remove(List.of("eventTime", "eventType"));
    event.path("outputs").forEach(output -> ((ObjectNode) output).remove("outputFacets"));
    return event;
  }

  private static String path(String table) {
    return directory.resolve(table).toString();
  }
}
