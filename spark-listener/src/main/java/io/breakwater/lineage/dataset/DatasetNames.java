package io.breakwater.lineage.dataset;

import io.openlineage.client.dataset.DatasetConfig;
import io.openlineage.client.dataset.namespace.resolver.DatasetNamespaceCombinedResolver;
import io.openlineage.client.dataset.partition.trimmer.DatasetNameTrimmer;
import io.openlineage.client.utils.DatasetIdentifier;
import io.openlineage.spark.agent.ArgumentParser;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.spark.SparkConf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives to the datasets that we name ourselves the names that OpenLineage would give them with its
 * keys {@code spark.openlineage.dataset.*}: namespaces resolved, partitions and the part that a
 * pattern removes left out. Safe for use by many threads.
 */
public final class DatasetNames {

  private static final Logger LOG = LoggerFactory.getLogger(DatasetNames.class);
  private static final String REMOVE_PATH = "spark.openlineage.dataset.removePath.pattern";
  private static final String REMOVED = "(?<remove>";

  private final DatasetNamespaceCombinedResolver resolver;
  private final Collection<DatasetNameTrimmer> trimmers;
  private final Optional<Pattern> removed;

  private DatasetNames(DatasetConfig config, Optional<Pattern> removed) {
    this.resolver = new DatasetNamespaceCombinedResolver(config);
    this.trimmers = config.getDatasetNameTrimmers();
    this.removed = removed;
  }

  /** The names that {@code conf} asks for. A pattern that is none removes nothing. */
  public static DatasetNames of(SparkConf conf) {
    DatasetConfig config = ArgumentParser.parse(conf.clone()).getDatasetConfig();
    return new DatasetNames(
        config == null ? DatasetConfig.defaultConfig() : config,
        Optional.ofNullable(conf.get(REMOVE_PATH, null))
            .filter(pattern -> pattern.contains(REMOVED))
            .flatMap(DatasetNames::compiled));
  }

  private static Optional<Pattern> compiled(String pattern) {
    try {
      return Optional.of(Pattern.compile(pattern));
    } catch (PatternSyntaxException e) {
      LOG.warn("Invalid {}: {}, must be a regular expression", REMOVE_PATH, pattern);
      return Optional.empty();
    }
  }

  /** Gives {@code dataset} the name that it is to be known by. */
  public void rename(ObjectNode dataset) {
    DatasetIdentifier known =
        new DatasetIdentifier(dataset.path("name").asText(), dataset.path("namespace").asText())
            .withTrimmedName(trimmers);
    String namespace = resolver.resolve(known.getNamespace());
    dataset.put("name", withoutRemoved(known.getName())).put("namespace", namespace);
    if (dataset.at("/facets/dataSource") instanceof ObjectNode source) {
      source.put("name", namespace).put("uri", namespace);
    }
  }

  private String withoutRemoved(String name) {
    Matcher matcher = removed.map(pattern -> pattern.matcher(name)).orElse(null);
    return matcher != null && matcher.find() && matcher.group("remove") != null
        ? name.substring(0, matcher.start("remove")) + name.substring(matcher.end("remove"))
        : name;
  }
}
