package io.breakwater.lineage.events;

import io.openlineage.client.OpenLineage.DatasetFacet;
import io.openlineage.client.OpenLineage.InputDataset;
import io.openlineage.client.OpenLineage.InputDatasetFacet;
import io.openlineage.client.OpenLineage.JobFacet;
import io.openlineage.client.OpenLineage.OutputDataset;
import io.openlineage.client.OpenLineage.OutputDatasetFacet;
import io.openlineage.client.OpenLineage.RunFacet;
import io.openlineage.spark.agent.lifecycle.ContextFactory;
import io.openlineage.spark.agent.lifecycle.plan.InsertIntoHadoopFsRelationVisitor;
import io.openlineage.spark.agent.lifecycle.plan.column.ColumnLevelLineageVisitor;
import io.openlineage.spark.api.CustomFacetBuilder;
import io.openlineage.spark.api.DatasetFactory;
import io.openlineage.spark.api.OpenLineageContext;
import io.openlineage.spark.api.OpenLineageEventHandlerFactory;
import io.openlineage.spark3.agent.lifecycle.plan.LogicalRelationDatasetBuilder;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.PartialFunction;

/** The builders of plain writes: those that users and vendors bring, and two of OpenLineage's. */
final class PlainWriteBuilders implements OpenLineageEventHandlerFactory {

  private final OpenLineageEventHandlerFactory all;
  private final List<OpenLineageEventHandlerFactory> brought;

  private PlainWriteBuilders(
      OpenLineageEventHandlerFactory all, List<OpenLineageEventHandlerFactory> brought) {
    this.all = all;
    this.brought = brought;
  }

  /**
   * Those of {@code stock}'s builders.
   *
   * @throws ReflectiveOperationException if this version of OpenLineage keeps them elsewhere
   */
  static PlainWriteBuilders of(ContextFactory stock) throws ReflectiveOperationException {
    Object all = field(ContextFactory.class, stock, "handlerFactory");
    List<OpenLineageEventHandlerFactory> brought = new ArrayList<>();
    for (Object factory : (List<?>) field(all.getClass(), all, "eventHandlerFactories")) {
      brought.add((OpenLineageEventHandlerFactory) factory);
    }
    return new PlainWriteBuilders((OpenLineageEventHandlerFactory) all, brought);
  }

  private static Object field(Class<?> type, Object object, String name)
      throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(object);
  }

  /** Whether users bring any, of which nobody knows when they build. */
  boolean areUsers(OpenLineageContext context) {
    return brought.stream()
        .filter(factory -> !factory.getClass().getName().startsWith("io.openlineage."))
        .flatMap(
            factory ->
                Stream.<Collection<?>>of(
                    factory.createInputDatasetQueryPlanVisitors(context),
                    factory.createOutputDatasetQueryPlanVisitors(context),
                    factory.createInputDatasetBuilder(context),
                    factory.createOutputDatasetBuilder(context),
                    factory.createInputDatasetFacetBuilders(context),
                    factory.createOutputDatasetFacetBuilders(context),
                    factory.createDatasetFacetBuilders(context),
                    factory.createRunFacetBuilders(context),
                    factory.createJobFacetBuilders(context),
                    factory.createColumnLevelLineageVisitors(context)))
        .anyMatch(builders -> !builders.isEmpty());
  }

  private <T> List<T> brought(Function<OpenLineageEventHandlerFactory, Collection<T>> kind) {
    List<T> found = new ArrayList<>();
    brought.forEach(factory -> found.addAll(kind.apply(factory)));
    return found;
  }

  @Override
  public Collection<PartialFunction<LogicalPlan, List<InputDataset>>>
      createInputDatasetQueryPlanVisitors(OpenLineageContext context) {
    var visitors = brought(factory -> factory.createInputDatasetQueryPlanVisitors(context));
    context.getInputDatasetQueryPlanVisitors().addAll(visitors);
    return visitors;
  }

  @Override
  public Collection<PartialFunction<LogicalPlan, List<OutputDataset>>>
      createOutputDatasetQueryPlanVisitors(OpenLineageContext context) {
    var visitors = brought(factory -> factory.createOutputDatasetQueryPlanVisitors(context));
    visitors.add(new InsertIntoHadoopFsRelationVisitor(context));
    context.getOutputDatasetQueryPlanVisitors().addAll(visitors);
    return visitors;
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"}) // The two lists of OpenLineage have two types.
  public Collection<PartialFunction<Object, List<InputDataset>>> createInputDatasetBuilder(
      OpenLineageContext context) {
    var builders = brought(factory -> factory.createInputDatasetBuilder(context));
    builders.add(
        (PartialFunction)
            new LogicalRelationDatasetBuilder<>(context, DatasetFactory.input(context), true));
    context.getInputDatasetBuilders().addAll((List) builders);
    return builders;
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"})
  public Collection<PartialFunction<Object, List<OutputDataset>>> createOutputDatasetBuilder(
      OpenLineageContext context) {
    var builders = brought(factory -> factory.createOutputDatasetBuilder(context));
    context.getOutputDatasetBuilders().addAll((List) builders);
    return builders;
  }

  @Override
  public Collection<CustomFacetBuilder<?, ? extends InputDatasetFacet>>
      createInputDatasetFacetBuilders(OpenLineageContext context) {
    return all.createInputDatasetFacetBuilders(context);
  }

  @Override
  public Collection<CustomFacetBuilder<?, ? extends OutputDatasetFacet>>
      createOutputDatasetFacetBuilders(OpenLineageContext context) {
    return all.createOutputDatasetFacetBuilders(context);
  }

  @Override
  public Collection<CustomFacetBuilder<?, ? extends DatasetFacet>> createDatasetFacetBuilders(
      OpenLineageContext context) {
    return all.createDatasetFacetBuilders(context);
  }

  @Override
  public Collection<CustomFacetBuilder<?, ? extends RunFacet>> createRunFacetBuilders(
      OpenLineageContext context) {
    return all.createRunFacetBuilders(context);
  }

  @Override
  public Collection<CustomFacetBuilder<?, ? extends JobFacet>> createJobFacetBuilders(
      OpenLineageContext context) {
    return all.createJobFacetBuilders(context);
  }

  @Override
  public List<ColumnLevelLineageVisitor> createColumnLevelLineageVisitors(
      OpenLineageContext context) {
    var visitors = brought(factory -> factory.createColumnLevelLineageVisitors(context));
    context.getColumnLevelLineageVisitors().addAll(visitors);
    return visitors;
  }
}
