package io.breakwater.lineage.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets wherever in an event they stand. */
class ScrubSecretsTest {

  private static final String SECRET = "pl4nted";

  @Test
  void eventThatCannotBeSearched_keepsItsRunAndItsJobAlone() {
    ObjectNode event = OpenLineageClientUtils.newObjectMapper().createObjectNode();
    event.put("eventType", "START");
    event.putObject("job").put("namespace", "n").put("name", "j");
    ObjectNode deepest = event.putObject("run").put("runId", "r").putObject("facets");
    for (int i = 0; i < 200_000; i++) {
      deepest = deepest.putObject("facet");
    }
    deepest.put("password", SECRET);
    List<ObjectNode> passed = new ArrayList<>();

    new ScrubSecrets().accept(event, null, passed::add);

    assertThat(passed).singleElement().asString().doesNotContain(SECRET);
    assertThat(event.toString())
        .isEqualTo(
            "{\"eventType\":\"START\",\"job\":{\"namespace\":\"n\",\"name\":\"j\"},"
                + "\"run\":{\"runId\":\"r\"},\"inputs\":[],\"outputs\":[]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:" + SECRET + "@host/",
        "jdbc:postgresql://host/db?password=" + SECRET + "&x=",
        "SELECT 1 -- password = '" + SECRET
      })
  void secretBeforeManyThousandCharacters_isNotInTheEvent(String beginning) {
    String text = beginning + "x".repeat(500_000) + "'";
    ObjectNode event = OpenLineageClientUtils.newObjectMapper().createObjectNode();
    event.putObject("facets").put("query", text).put(text, "key").putArray("list").add(text);
    event.putObject("dataset").put("namespace", text).put("name", text);

    new ScrubSecrets().scrub(event);

    assertThat(event.toString()).doesNotContain(SECRET);
    assertThat(event.at("/facets")).hasSize(3);
  }

  @Test
  void whatIsCleanInOneRole_isStillSearchedInAnother() {
    ScrubSecrets step = new ScrubSecrets();
    String address = "db;Key=" + SECRET + ".orders";
    for (int i = 0; i < 2; i++) {
      ObjectNode event = OpenLineageClientUtils.newObjectMapper().createObjectNode();
      event.put("comment", address);
      event.putObject("dataset").put("namespace", "jdbc").put("name", address);
      event.putObject("properties").put("password", "orders").put("orders", "orders");

      step.scrub(event);

      assertThat(event.at("/dataset/name").asText()).isEqualTo("db.orders");
      assertThat(event.at("/properties/password").asText()).isNotEqualTo("orders");
      assertThat(event.at("/properties/orders").asText()).isEqualTo("orders");
    }
  }
}
