package io.breakwater.lineage.facets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/** The published schema of a facet of ours, with formats asserted. */
public final class FacetSchema {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String key;
  private final JsonSchema schema;

  private FacetSchema(String key, JsonSchema schema) {
    this.key = key;
    this.schema = schema;
  }

  /** The schema that the jar has for {@code facet}. */
  public static FacetSchema of(CustomFacet facet) throws IOException {
    String file =
        "/io/breakwater/lineage/facets/" + facet.schema() + "-" + facet.version() + ".json";
    try (InputStream document = FacetSchema.class.getResourceAsStream(file)) {
      return new FacetSchema(
          facet.key(),
          JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
              .getSchema(
                  MAPPER.readTree(document),
                  SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build()));
    }
  }

  /** What is wrong with a facet. */
  public Set<ValidationMessage> violations(JsonNode facet) {
    return schema.validate(MAPPER.createObjectNode().set(key, facet));
  }
}
