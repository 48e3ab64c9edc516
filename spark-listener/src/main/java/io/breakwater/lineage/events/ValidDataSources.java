package io.breakwater.lineage.events;

import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.JsonNode;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Makes the URI of the facet {@code dataSource} one, as its schema asks. OpenLineage has the
 * namespace there, such as {@code file}.
 */
public final class ValidDataSources implements EventStep {

  @Override
  public void accept(ObjectNode event, SparkListenerEvent cause, Consumer<ObjectNode> next) {
    event.path("inputs").forEach(ValidDataSources::correct);
    event.path("outputs").forEach(ValidDataSources::correct);
    next.accept(event);
  }

  private static void correct(JsonNode dataset) {
    JsonNode uri = dataset.at("/facets/dataSource/uri");
    if (uri.isTextual()) {
      ((ObjectNode) dataset.at("/facets/dataSource")).put("uri", valid(uri.asText()));
    }
  }

  static String valid(String text) {
    try {
      if (new URI(text).isAbsolute()) {
        return text;
      }
    } catch (URISyntaxException e) {
      return escaped(text);
    }
    return escaped(text);
  }

  private static String escaped(String text) {
    int colon = text.indexOf(':');
    boolean hasScheme = colon > 0 && text.substring(0, colon).matches("[A-Za-z][A-Za-z0-9+.-]*");
    String scheme = hasScheme ? text.substring(0, colon) : "file";
    String rest = hasScheme ? text.substring(colon + 1) : text;
    try {
      if (!hasScheme && text.matches("[A-Za-z][A-Za-z0-9+.-]*")) {
        return text + ":/";
      }
      return new URI(scheme, rest.isEmpty() ? "/" : rest, null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("Cannot make a URI of " + text, e);
    }
  }
}
