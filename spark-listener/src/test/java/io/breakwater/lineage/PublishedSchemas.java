package io.breakwater.lineage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The schemas under which OpenLineage publishes events and facets, and those of our own facets,
 * with formats asserted. Safe for use by many threads.
 */
public final class PublishedSchemas {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final SchemaValidatorsConfig FORMATS_ASSERTED =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
  private static final PublishedSchemas INSTANCE = new PublishedSchemas();

  private final Map<String, String> documents = new HashMap<>();
  private final Map<String, String> facetIds = new HashMap<>();
  private final Map<String, JsonSchema> ownFacets = new ConcurrentHashMap<>();
  private final JsonSchemaFactory factory;
  private final JsonSchema event;

  private PublishedSchemas() {
    String core = text("/openlineage/OpenLineage.json");
    documents.put("OpenLineage.json", core);
    try (Stream<Path> files =
        Files.list(Path.of(PublishedSchemas.class.getResource("/openlineage/facets").toURI()))) {
      for (Path file : files.toList()) {
        String document = Files.readString(file);
        documents.put(file.getFileName().toString(), document);
        JsonNode schema = MAPPER.readTree(document);
        schema
            .path("properties")
            .fieldNames()
            .forEachRemaining(
                key -> facetIds.put(owner(file) + "." + key, schema.path("$id").asText()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    // Whichever version a reference names, it is the one that is here.
    factory =
        JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder ->
                builder.schemaLoaders(
                    loaders ->
                        loaders.schemas(
                            id ->
                                documents.get(
                                    id.replaceFirst("(#.*)?$", "").replaceFirst(".*/", "")))));
    event = schema(Events.parse(core).path("$id").asText());
  }

  private JsonSchema schema(String id) {
    return factory.getSchema(SchemaLocation.of(id), FORMATS_ASSERTED);
  }

  private static String owner(Path file) {
    String name = file.getFileName().toString().replace(".json", "");
    return Stream.of(
            "InputDatasetFacet", "OutputDatasetFacet", "DatasetFacet", "JobFacet", "RunFacet")
        .filter(name::endsWith)
        .findFirst()
        .orElse(name);
  }

  private static String text(String resource) {
    try (InputStream document = PublishedSchemas.class.getResourceAsStream(resource)) {
      return new String(document.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with {@code event} as a whole and with each of its facets. */
  public static List<String> violations(JsonNode event) {
    List<String> found = new ArrayList<>();
    INSTANCE.event.validate(event).forEach(message -> found.add(message.toString()));
    INSTANCE.facets("RunFacet", event.at("/run/facets"), found);
    INSTANCE.facets("JobFacet", event.at("/job/facets"), found);
    for (String datasets : List.of("inputs", "outputs")) {
      for (JsonNode dataset : event.path(datasets)) {
        INSTANCE.facets("DatasetFacet", dataset.path("facets"), found);
        INSTANCE.facets("InputDatasetFacet", dataset.path("inputFacets"), found);
        INSTANCE.facets("OutputDatasetFacet", dataset.path("outputFacets"), found);
      }
    }
    return found;
  }

  private void facets(String owner, JsonNode facets, List<String> found) {
    facets
        .fields()
        .forEachRemaining(
            facet -> {
              String key = facet.getKey();
              JsonSchema schema =
                  key.startsWith("breakwater_")
                      ? ownFacets.computeIfAbsent(
                          facet.getValue().path("_schemaURL").asText(), this::ownFacet)
                      : facetIds.containsKey(owner + "." + key)
                          ? schema(facetIds.get(owner + "." + key))
                          : null;
              if (schema != null) {
                schema
                    .validate(MAPPER.createObjectNode().set(key, facet.getValue()))
                    .forEach(message -> found.add(owner + " " + message));
              }
            });
  }

  /** From {@code urn:breakwater:lineage:1-0-0:Name.json#...}. */
  private JsonSchema ownFacet(String url) {
    String[] parts = url.replaceFirst("\\.json(#.*)?$", "").split(":", -1);
    String file = parts[parts.length - 1] + "-" + parts[parts.length - 2] + ".json";
    return factory.getSchema(
        Events.parse(text("/io/breakwater/lineage/facets/" + file)), FORMATS_ASSERTED);
  }
}
