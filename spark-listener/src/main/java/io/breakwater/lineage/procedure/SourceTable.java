package io.breakwater.lineage.procedure;

import io.breakwater.lineage.scrub.TextScrubber;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.spark.agent.util.PathUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.catalog.SessionCatalog;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.connector.catalog.CatalogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.collection.JavaConverters;

/**
 * The argument {@code source_table} as a dataset: a table of Spark's session catalog, or files as
 * in {@code `parquet`.`s3://bucket/path`}.
 */
final class SourceTable {

  private static final Logger LOG = LoggerFactory.getLogger(SourceTable.class);

  private SourceTable() {}

  static Optional<ObjectNode> dataset(SparkSession spark, String name) {
    return identifier(spark, name)
        .map(
            id -> {
              ObjectNode dataset = OpenLineageClientUtils.newObjectMapper().createObjectNode();
              dataset.put("namespace", id.getNamespace());
              dataset.put("name", id.getName());
              dataset.putObject("facets");
              return dataset;
            });
  }

  private static Optional<DatasetIdentifier> identifier(SparkSession spark, String name) {
    List<String> parts;
    try {
      parts =
          JavaConverters.seqAsJavaList(
              spark.sessionState().sqlParser().parseMultipartIdentifier(name));
    } catch (ParseException e) {
      LOG.debug("{} is not the name of a table", TextScrubber.text(name));
      return Optional.empty();
    }
    String last = parts.get(parts.size() - 1);
    if (parts.size() == 2 && last.contains("/")) {
      return Optional.of(PathUtils.fromPath(new Path(last)));
    }
    boolean inSessionCatalog =
        parts.size() <= 2 || parts.get(0).equals(CatalogManager.SESSION_CATALOG_NAME());
    if (!inSessionCatalog) {
      return Optional.empty();
    }
    TableIdentifier table =
        new TableIdentifier(
            last, Option.apply(parts.size() == 1 ? null : parts.get(parts.size() - 2)));
    SessionCatalog tables = spark.sessionState().catalog();
    return tables.tableExists(table)
        ? Optional.of(
            PathUtils.fromCatalogTable(tables.getTempViewOrPermanentTableMetadata(table), spark))
        : Optional.empty();
  }
}
