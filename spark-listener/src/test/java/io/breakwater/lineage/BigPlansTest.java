package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Range;
import org.apache.spark.sql.catalyst.plans.logical.Union;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** Plans that are as large as those that programs write for Spark. */
class BigPlansTest {

  private static final int MAX_BYTES = 1000 << 10;
  private static final int COLUMNS = 1_000;
  private static final int NODES = 10_000;
  private static final int CHAIN = 10;

  /** With which Spark would make a small plan of ours, or take minutes for it. */
  private static final String EXCLUDED_RULES =
      Stream.of(
              "CollapseProject",
              "ColumnPruning",
              "CombineUnions",
              "ConvertToLocalRelation",
              "InferFiltersFromConstraints",
              "PropagateEmptyRelation",
              "RemoveNoopOperators",
              "RemoveRedundantAliases")
          .map(rule -> "org.apache.spark.sql.catalyst.optimizer." + rule)
          .collect(Collectors.joining(","));

  private static final Map<String, String> CONF =
      Map.of(
          "spark.sql.optimizer.excludedRules", EXCLUDED_RULES,
          "spark.sql.adaptive.enabled", "false",
          "spark.sql.codegen.wholeStage", "false",
          "spark.breakwater.lineage.events.buildTimeout", "10min");

  @TempDir private Path directory;

  @Test
  void joinOfAThousandColumns_becomesEventsWithinTheBoundThatNameWhatTheyLack() throws Exception {
    List<JsonNode> write = eventsOf(wideJoin());
    assertThat(write)
        .allSatisfy(
            event -> {
              assertThat(event.at("/inputs").findValuesAsText("name"))
                  .contains(path("left"), path("right"));
              JsonNode facet = event.at("/run/facets/breakwater_reduced");
              assertThat(facet.path("maxBytes").asInt()).isEqualTo(MAX_BYTES);
              assertThat(facet.path("bytes").asInt()).isGreaterThan(MAX_BYTES);
              assertThat(facet.at("/leftOut").findValuesAsText("facet")).contains("columnLineage");
            });
  }

  @Test
  void planOfTenThousandNodes_isReadLikeAnyOther() throws Exception {
    List<JsonNode> write = eventsOf(manyNodes());
    assertThat(write)
        .allSatisfy(
            event -> {
              assertThat(event.at("/inputs").findValuesAsText("name")).contains(path("ids"));
              assertThat(event.at("/run/facets").has("breakwater_reduced")).isFalse();
            });
  }

  /** A query, given the session; what it reads is in the directory. */
  private interface Query {
    Dataset<Row> in(SparkSession spark) throws Exception;
  }

  /** Writes the rows of {@code query}; gives the events of that, of which there is a whole run. */
  private List<JsonNode> eventsOf(Query query) throws Exception {
    List<JsonNode> events;
    try (LineageSession session = LineageSession.start(directory, CONF)) {
      query.in(session.spark()).write().parquet(path("out"));
      events = session.stop();
    }
    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(event.toString().getBytes(StandardCharsets.UTF_8))
                    .hasSizeLessThanOrEqualTo(MAX_BYTES));
    List<JsonNode> write =
        events.stream()
            .filter(event -> event.at("/outputs").findValuesAsText("name").contains(path("out")))
            .toList();
    assertThat(write.stream().map(event -> event.at("/run/runId").asText()).distinct()).hasSize(1);
    assertThat(write)
        .extracting(event -> event.at("/eventType").asText())
        .containsOnlyOnce("START", "COMPLETE");
    return write;
  }

  /** Every column is made of eight. */
  private Query wideJoin() {
    return spark -> {
      Dataset<Row> left = wide(spark, "left");
      Dataset<Row> right = wide(spark, "right");
      Stream<Column> sums =
          IntStream.range(1, COLUMNS).mapToObj(i -> sum(left, i).plus(sum(right, i)).as("c" + i));
      return left.join(right, left.col("id").equalTo(right.col("id")))
          .select(Stream.concat(Stream.of(left.col("id")), sums).toArray(Column[]::new));
    };
  }

  private static Column sum(Dataset<Row> table, int column) {
    return IntStream.range(column, column + 4)
        .mapToObj(i -> table.col("c" + (1 + i % (COLUMNS - 1))))
        .reduce(Column::plus)
        .orElseThrow();
  }

  private Dataset<Row> wide(SparkSession spark, String name) throws Exception {
    StructType schema = new StructType().add("id", "long");
    for (int i = 1; i < COLUMNS; i++) {
      schema = schema.add("c" + i, "long");
    }
    Files.createDirectory(directory.resolve(name));
    return spark.read().schema(schema).parquet(path(name));
  }

  /** A table, and chains of projections beside it that have no rows. */
  private Query manyNodes() {
    return spark -> {
      Files.createDirectory(directory.resolve("ids"));
      StructType schema = new StructType().add("id", "long");
      List<LogicalPlan> parts = new ArrayList<>();
      parts.add(spark.read().schema(schema).parquet(path("ids")).logicalPlan());
      Range nothing = (Range) spark.range(0).logicalPlan();
      for (int i = 0; i < NODES / CHAIN; i++) {
        LogicalPlan chain = (LogicalPlan) nothing.newInstance();
        for (int j = 1; j < CHAIN; j++) {
          chain = renamed(chain);
        }
        parts.add(chain);
      }
      Dataset<Row> union = Dataset.ofRows(spark, new Union(seq(parts), false, false));
      assertThat(union.queryExecution().optimizedPlan().treeString().lines().count())
          .isGreaterThan(NODES);
      return union;
    };
  }

  private static LogicalPlan renamed(LogicalPlan plan) {
    NamedExpression id =
        new Alias(
            plan.output().head(),
            "id",
            NamedExpression.newExprId(),
            seq(List.<String>of()),
            Option.empty(),
            seq(List.<String>of()));
    return new Project(seq(List.of(id)), plan);
  }

  private static <T> Seq<T> seq(List<T> list) {
    return JavaConverters.asScalaBuffer(list).toSeq();
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }
}
