package io.breakwater.lineage.streaming;

import io.breakwater.lineage.deliver.ProblemLog;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.spark.agent.Versions;
import io.openlineage.spark.agent.util.PathUtils;
import io.openlineage.spark.agent.util.PlanUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.streaming.StreamingRelationV2;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.execution.datasources.DataSource;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import org.apache.spark.sql.execution.streaming.FileStreamSink;
import org.apache.spark.sql.execution.streaming.StreamExecution;
import org.apache.spark.sql.execution.streaming.StreamingRelation;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;

/**
 * Finds what a streaming query reads and writes. The plan is read at once; what takes the time of a
 * catalog is left for later. Sources that make rows up (rate) and sinks that keep none (memory,
 * console, noop) are no datasets.
 */
final class StreamPlan {

  private static final Logger LOG = LoggerFactory.getLogger(StreamPlan.class);
  private static final String KAFKA_TABLE =
      "org.apache.spark.sql.kafka010.KafkaSourceProvider$KafkaTable";
  private static final String ICEBERG_TABLE = "org.apache.iceberg.spark.source.SparkTable";
  private static final Pattern FILE_SINK = Pattern.compile("FileSink\\[(.*)]", Pattern.DOTALL);
  private static final Pattern GLOB = Pattern.compile("/[^/]*[*?{\\[].*");

  private final ProblemLog problems = new ProblemLog(LOG);

  /** A way to the datasets of {@code query}, to be gone on a thread that may wait. */
  Supplier<StreamDatasets> datasets(StreamExecution query) {
    SparkSession spark = query.sparkSession();
    List<Supplier<ObjectNode>> inputs = new ArrayList<>();
    Collection<LogicalPlan> leaves =
        JavaConverters.asJavaCollection(query.analyzedPlan().collectLeaves());
    for (LogicalPlan leaf : leaves) {
      inputs.addAll(find(() -> source(spark, leaf)));
    }
    List<Supplier<ObjectNode>> outputs =
        find(() -> sink(spark, query, query.analyzedPlan().schema()));
    return () -> new StreamDatasets(all(inputs), all(outputs));
  }

  private List<Supplier<ObjectNode>> find(Supplier<List<Supplier<ObjectNode>>> finder) {
    try {
      return finder.get();
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot tell what a streaming query reads or writes", e);
      return List.of();
    }
  }

  private List<ObjectNode> all(List<Supplier<ObjectNode>> datasets) {
    List<ObjectNode> all = new ArrayList<>();
    for (Supplier<ObjectNode> dataset : datasets) {
      try {
        ObjectNode found = dataset.get();
        if (!all.contains(found)) {
          all.add(found);
        }
      } catch (RuntimeException | LinkageError e) {
        problems.error("Cannot name what a streaming query reads or writes", e);
      }
    }
    return List.copyOf(all);
  }

  private static List<Supplier<ObjectNode>> source(SparkSession spark, LogicalPlan leaf) {
    if (leaf instanceof StreamingRelation relation) {
      DataSource source = relation.dataSource();
      boolean files = FileFormat.class.isAssignableFrom(source.providingClass());
      return files
          ? paths(spark, source.options(), leaf.schema())
          : kafka(JavaConverters.mapAsJavaMap(source.options()), leaf.schema());
    }
    if (leaf instanceof StreamingRelationV2 relation) {
      return isIceberg(relation.table())
          ? List.of(() -> IcebergStreamTable.dataset(spark, relation.table()))
          : kafka(relation.extraOptions().asCaseSensitiveMap(), leaf.schema());
    }
    if (leaf instanceof LogicalRelation relation
        && relation.relation() instanceof HadoopFsRelation files) {
      return JavaConverters.seqAsJavaList(files.location().rootPaths()).stream()
          .map(path -> named(PathUtils.fromPath(path), leaf.schema()))
          .toList();
    }
    if (leaf instanceof DataSourceV2Relation relation && isIceberg(relation.table())) {
      return List.of(() -> IcebergStreamTable.dataset(spark, relation.table()));
    }
    return List.of();
  }

  private static List<Supplier<ObjectNode>> sink(
      SparkSession spark, StreamExecution query, StructType schema) {
    Table sink = query.sink();
    if (sink instanceof FileStreamSink) {
      Matcher path = FILE_SINK.matcher(sink.toString());
      return path.matches() ? List.of(named(file(spark, path.group(1)), schema)) : List.of();
    }
    if (sink.getClass().getName().equals(KAFKA_TABLE)) {
      return named(KafkaTopics.ofSink(options(query)), schema);
    }
    return isIceberg(sink) ? List.of(() -> IcebergStreamTable.dataset(spark, sink)) : List.of();
  }

  /** The options of the sink, which a query keeps to itself until its first micro-batch. */
  private static Map<String, String> options(StreamExecution query) {
    try {
      Field field = query.getClass().getDeclaredField("extraOptions");
      return field.trySetAccessible()
              && field.get(query) instanceof scala.collection.Map<?, ?> options
          ? strings(JavaConverters.mapAsJavaMap(options))
          : Map.of();
    } catch (NoSuchFieldException | IllegalAccessException e) {
      throw new IllegalStateException("Cannot read the options of " + query.getClass(), e);
    }
  }

  private static Map<String, String> strings(Map<?, ?> options) {
    Map<String, String> strings = new HashMap<>();
    options.forEach((key, value) -> strings.put(String.valueOf(key), String.valueOf(value)));
    return strings;
  }

  /** Without touching a class of Iceberg, which may not be there. */
  private static boolean isIceberg(Table table) {
    return table.getClass().getName().equals(ICEBERG_TABLE);
  }

  private static List<Supplier<ObjectNode>> paths(
      SparkSession spark,
      scala.collection.immutable.Map<String, String> options,
      StructType schema) {
    return Optional.ofNullable(JavaConverters.mapAsJavaMap(options).get("path")).stream()
        .map(path -> named(file(spark, path), schema))
        .toList();
  }

  /** A pattern of files is named after the directory that is above all of them. */
  private static DatasetIdentifier file(SparkSession spark, String path) {
    Configuration conf = spark.sparkContext().hadoopConfiguration();
    Path directory = new Path(GLOB.matcher(path).replaceFirst(""));
    return PathUtils.fromPath(
        directory.toUri().getScheme() == null
            ? directory.makeQualified(
                FileSystem.getDefaultUri(conf), new Path(System.getProperty("user.dir")))
            : directory);
  }

  private static List<Supplier<ObjectNode>> kafka(Map<String, String> options, StructType schema) {
    return named(KafkaTopics.of(options), schema);
  }

  private static List<Supplier<ObjectNode>> named(List<DatasetIdentifier> ids, StructType schema) {
    return ids.stream().map(id -> named(id, schema)).toList();
  }

  private static Supplier<ObjectNode> named(DatasetIdentifier id, StructType schema) {
    return () -> {
      ObjectNode node = OpenLineageClientUtils.newObjectMapper().createObjectNode();
      node.put("namespace", id.getNamespace());
      node.put("name", id.getName());
      OpenLineage openLineage = new OpenLineage(Versions.OPEN_LINEAGE_PRODUCER_URI);
      ObjectMapper mapper = OpenLineageClientUtils.newObjectMapper();
      ObjectNode facets = node.putObject("facets");
      facets.set("schema", mapper.valueToTree(PlanUtils.schemaFacet(openLineage, schema)));
      facets.set(
          "dataSource",
          mapper.valueToTree(PlanUtils.datasourceFacet(openLineage, id.getNamespace())));
      return node;
    };
  }
}
