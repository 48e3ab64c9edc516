package io.breakwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What holds for every event that a Spark session of a test produces. */
public final class EventChecks {

  /** Every secret that tests plant is a variation of this. */
  public static final String SECRET = "S3CR3T";

  private EventChecks() {}

  /**
   * Words of {@code text} that hold a planted secret, also one that was made part of a name: {@code
   * root_s3_cr3_t_db}.
   */
  public static List<String> leaks(String text) {
    return Arrays.stream(text.split("\\s+"))
        .filter(word -> word.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "").contains(SECRET))
        .toList();
  }

  /** Each event is valid under the published schemas, and none holds a planted secret. */
  public static void assertValidAndClean(List<JsonNode> events) {
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(PublishedSchemas.violations(event)).isEmpty();
              assertThat(leaks(event.toString())).isEmpty();
            });
  }
}
