package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge of all events of the other tests. */
class PublishedSchemasTest {

  private static final String EVENT =
      """
      {"eventTime": "2026-11-21T10:00:00Z", "eventType": "START", "producer": "urn:test",
       "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
       "run": {"runId": "5fdf9f4d-8a5e-4b5c-9d5c-0d5b1d6f7a01", "facets": {%s}},
       "job": {"namespace": "n", "name": "j"}, "inputs": [], "outputs": []}
      """;

  private static final String META =
      "\"_producer\": \"urn:test\", \"_schemaURL\": \"urn:breakwater:lineage:1-0-0:ReducedRunFacet.json\"";

  @Test
  void validEvent_hasNoViolations() {
    assertThat(violations("")).isEmpty();
  }

  @Test
  void eventWithoutAJob_orWithATimeThatIsNone_isNotValid() {
    assertThat(PublishedSchemas.violations(Events.parse(EVENT.formatted("").replace("job", "jab"))))
        .isNotEmpty();
    assertThat(PublishedSchemas.violations(Events.parse(EVENT.formatted("").replace("T10", "T99"))))
        .isNotEmpty();
  }

  @Test
  void facetOfOpenLineage_isJudgedByItsOwnSchema() {
    assertThat(violations("\"errorMessage\": {" + META + ", \"message\": 5}")).isNotEmpty();
    assertThat(violations("\"parent\": {" + META + "}")).isNotEmpty();
  }

  @Test
  void ownFacet_isJudgedByTheSchemaInTheJar() {
    String facet = "\"breakwater_reduced\": {" + META + ", \"leftOut\": %s}";
    assertThat(violations(facet.formatted("[{\"place\": \"run\", \"facet\": \"x\"}]"))).isEmpty();
    assertThat(violations(facet.formatted("[{\"place\": \"moon\", \"facet\": \"x\"}]")))
        .isNotEmpty();
  }

  private static List<String> violations(String facets) {
    return PublishedSchemas.violations(Events.parse(EVENT.formatted(facets)));
  }
}
