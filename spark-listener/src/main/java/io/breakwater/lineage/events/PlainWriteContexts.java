package io.breakwater.lineage.events;

import io.openlineage.client.OpenLineage;
import io.openlineage.spark.agent.EventEmitter;
import io.openlineage.spark.agent.OpenLineageSparkListener;
import io.openlineage.spark.agent.Versions;
import io.openlineage.spark.agent.lifecycle.ContextFactory;
import io.openlineage.spark.agent.lifecycle.DatasetBuilderFactoryProvider;
import io.openlineage.spark.agent.lifecycle.ExecutionContext;
import io.openlineage.spark.agent.lifecycle.SparkOpenLineageExtensionVisitorWrapper;
import io.openlineage.spark.api.OpenLineageContext;
import io.openlineage.spark.api.OpenLineageEventHandlerFactory;
import io.openlineage.spark.api.Vendors;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.OneRowRelation;
import org.apache.spark.sql.catalyst.plans.logical.Range;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.InsertIntoHadoopFsRelationCommand;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.WriteFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;

/**
 * Gives OpenLineage, for a query that writes files and reads nothing but files or rows of its own,
 * only those of its dataset builders that fit such a plan. For each query OpenLineage makes about a
 * hundred of them, most for products that are not there, which it finds out by looking for their
 * classes; for a short query that is most of what lineage costs. What the few build is what all of
 * them would.
 *
 * <p>Any other query gets OpenLineage's own context. Builders of vendors, and those that users
 * bring as a {@link OpenLineageEventHandlerFactory}, are always among them.
 */
public final class PlainWriteContexts extends ContextFactory {

  private static final Logger LOG = LoggerFactory.getLogger(PlainWriteContexts.class);
  private static final String LIFECYCLE = "io.openlineage.spark.agent.lifecycle.";
  private static final String OPERATORS = LocalRelation.class.getPackageName();

  private final LongConsumer startSaysAll;
  private final boolean debugs;
  private final PlainWriteBuilders builders;

  /** Theirs is what they know of a query's Iceberg tables, which plain writes do not have. */
  private final Vendors vendors;

  private final SparkOpenLineageExtensionVisitorWrapper extensions;
  private final Constructor<?> runEventBuilder;
  private final Constructor<?> executionContext;
  private volatile boolean fits = true;

  PlainWriteContexts(ContextFactory stock, LongConsumer startSaysAll)
      throws ReflectiveOperationException {
    super(stock.openLineageEventEmitter, stock.getMeterRegistry(), stock.getConfig());
    this.startSaysAll = startSaysAll;
    // What it says of a run at its end, it says of all builders.
    debugs = getConfig().getDebugConfig() != null;
    builders = PlainWriteBuilders.of(stock);
    vendors = Vendors.getVendors();
    extensions = new SparkOpenLineageExtensionVisitorWrapper(getConfig());
    Class<?> builder = Class.forName(LIFECYCLE + "OpenLineageRunEventBuilder");
    runEventBuilder =
        builder.getDeclaredConstructor(
            OpenLineageContext.class, OpenLineageEventHandlerFactory.class);
    runEventBuilder.setAccessible(true);
    executionContext =
        Class.forName(LIFECYCLE + "SparkSQLExecutionContext")
            .getDeclaredConstructor(
                long.class, EventEmitter.class, OpenLineageContext.class, builder);
    executionContext.setAccessible(true);
  }

  /**
   * Has {@code listener} take its contexts from here, once it has a factory of its own.
   *
   * @param startSaysAll told the ids of queries whose end has nothing to add to their START
   */
  public static void install(OpenLineageSparkListener listener, LongConsumer startSaysAll) {
    try {
      // OpenLineage has no other way in but one for its tests, which is static.
      Field field = OpenLineageSparkListener.class.getDeclaredField("contextFactory");
      field.setAccessible(true);
      field.set(
          listener, new PlainWriteContexts((ContextFactory) field.get(listener), startSaysAll));
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      tell(e);
    }
  }

  private static void tell(Throwable failure) {
    LOG.info(
        "Cannot spare plain writes the builders of other plans with this version of OpenLineage"
            + " ({}); lineage costs them more",
        failure.toString());
  }

  @Override
  public Optional<ExecutionContext> createSparkSQLExecutionContext(long executionId) {
    QueryExecution query = SQLExecution.getQueryExecution(executionId);
    if (fits && query != null && isPlainWrite(query)) {
      try {
        return Optional.of(create(executionId, query));
      } catch (ReflectiveOperationException e) {
        fits = false;
        tell(e);
      }
    }
    return super.createSparkSQLExecutionContext(executionId);
  }

  /** A context of the plain write {@code query}. */
  ExecutionContext create(long executionId, QueryExecution query)
      throws ReflectiveOperationException {
    OpenLineageContext context =
        OpenLineageContext.builder()
            .sparkSession(query.sparkSession())
            .sparkContext(query.sparkSession().sparkContext())
            .openLineage(new OpenLineage(Versions.OPEN_LINEAGE_PRODUCER_URI))
            .queryExecution(query)
            .customEnvironmentVariables(
                openLineageEventEmitter.getCustomEnvironmentVariables().orElse(List.of()))
            .vendors(vendors)
            .meterRegistry(getMeterRegistry())
            .openLineageConfig(getConfig())
            .sparkExtensionVisitorWrapper(extensions)
            .datasetBuilderFactory(DatasetBuilderFactoryProvider.getInstance())
            .build();
    Object builder = runEventBuilder.newInstance(context, builders);
    Object made =
        executionContext.newInstance(executionId, openLineageEventEmitter, context, builder);
    if (!builders.areUsers(context)) {
      startSaysAll.accept(executionId);
    }
    return (ExecutionContext) made;
  }

  /** Whether {@code query} writes files, and only has nodes whose builders are known here. */
  boolean isPlainWrite(QueryExecution query) {
    LogicalPlan optimized = query.optimizedPlan();
    return !debugs
        && optimized instanceof InsertIntoHadoopFsRelationCommand
        && !optimized.isStreaming()
        && JavaConverters.seqAsJavaList(optimized.children()).stream()
            .allMatch(PlainWriteContexts::isPlain);
  }

  private static boolean isPlain(LogicalPlan node) {
    List<LogicalPlan> children = JavaConverters.seqAsJavaList(node.children());
    if (children.isEmpty()) {
      return node instanceof LocalRelation
          || node instanceof Range
          || node instanceof OneRowRelation
          || (node instanceof LogicalRelation relation
              && relation.relation() instanceof HadoopFsRelation);
    }
    return (node instanceof WriteFiles || node.getClass().getPackageName().equals(OPERATORS))
        && !(node instanceof Command)
        && children.stream().allMatch(PlainWriteContexts::isPlain);
  }
}
