package io.breakwater.lineage.facets;

import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A facet of our own. Its schema is a file of the jar, {@code
 * /io/breakwater/lineage/facets/<Name>-<version>.json}.
 *
 * @param key the name of the property that holds the facet, with our prefix
 * @param schema the name of its schema
 * @param version the version of its schema, as 1-0-0
 */
public record CustomFacet(String key, String schema, String version) {

  private static final String PRODUCER = "urn:breakwater:lineage";

  /** The facet without properties of its own. */
  public ObjectNode node() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("_producer", PRODUCER)
        .put("_schemaURL", PRODUCER + ":" + version + ":" + schema + ".json#/$defs/" + schema);
  }
}
