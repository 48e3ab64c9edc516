package io.breakwater.lineage.dataset;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.spark.agent.Versions;
import io.openlineage.spark.agent.util.PlanUtils;
import io.openlineage.spark.api.OpenLineageContext;
import io.openlineage.spark.api.SparkOpenLineageConfig;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import io.openlineage.spark3.agent.lifecycle.plan.catalog.iceberg.IcebergHandler;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.TableCatalog;

/**
 * An Iceberg table as the dataset that OpenLineage makes of it when it is written to: the same
 * name, schema, storage, catalog and symbolic links. Its names are made by OpenLineage itself, so
 * that they are the same whatever the catalog.
 */
public final class IcebergDataset {

  private IcebergDataset() {}

  /** The dataset, without input and output facets. Takes the time that the catalog takes. */
  public static ObjectNode of(
      SparkSession spark, TableCatalog catalog, Identifier identifier, Table table) {
    OpenLineage openLineage = new OpenLineage(Versions.OPEN_LINEAGE_PRODUCER_URI);
    OpenLineageContext context =
        OpenLineageContext.builder()
            .sparkSession(spark)
            .sparkContext(spark.sparkContext())
            .openLineage(openLineage)
            .meterRegistry(new SimpleMeterRegistry())
            .openLineageConfig(new SparkOpenLineageConfig())
            .build();
    IcebergHandler handler = new IcebergHandler(context);
    DatasetIdentifier id = handler.getDatasetIdentifier(spark, catalog, identifier, Map.of());
    OpenLineage.DatasetFacetsBuilder facets =
        openLineage
            .newDatasetFacetsBuilder()
            .schema(PlanUtils.schemaFacet(openLineage, SparkSchemaUtil.convert(table.schema())))
            .storage(
                openLineage.newStorageDatasetFacet(
                    "iceberg",
                    table
                        .properties()
                        .getOrDefault(
                            TableProperties.DEFAULT_FILE_FORMAT,
                            TableProperties.DEFAULT_FILE_FORMAT_DEFAULT)));
    handler
        .getCatalogDatasetFacet(catalog, Map.of())
        .ifPresent(found -> facets.catalog(found.getCatalogDatasetFacet()));
    List<OpenLineage.SymlinksDatasetFacetIdentifiers> links =
        id.getSymlinks().stream()
            .map(
                link ->
                    openLineage.newSymlinksDatasetFacetIdentifiers(
                        link.getNamespace(), link.getName(), link.getType().toString()))
            .toList();
    if (!links.isEmpty()) {
      facets.symlinks(openLineage.newSymlinksDatasetFacet(links));
    }
    ObjectNode dataset = OpenLineageClientUtils.newObjectMapper().createObjectNode();
    dataset.put("namespace", id.getNamespace());
    dataset.put("name", id.getName());
    dataset.set("facets", OpenLineageClientUtils.newObjectMapper().valueToTree(facets.build()));
    return dataset;
  }
}
