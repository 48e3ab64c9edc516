package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/** What holds for every event that a Spark session of a test produces. */
public final class EventChecks {

  /** Every secret that tests plant is a variation of this. */
  public static final String SECRET = "S3CR3T";

  private EventChecks() {}

  /** Each event is valid under the published schemas, and none holds a planted secret. */
  public static void assertValidAndClean(List<JsonNode> events) {
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(PublishedSchemas.violations(event)).isEmpty();
              assertThat(event.toString().toUpperCase(Locale.ROOT)).doesNotContain(SECRET);
            });
  }
}
