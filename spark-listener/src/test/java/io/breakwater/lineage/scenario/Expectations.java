package io.breakwater.lineage.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What OpenLineage's own tests expect of Spark 3.5, stated for our scenarios, and how our events
 * differ from those of its listener.
 *
 * @param scenarios one for each program
 * @param differences what the stock listener says and ours does not, with the reason
 * @param notTested what there is no program for, with the reason
 */
record Expectations(
    @JsonProperty("scenarios") List<Expected> scenarios,
    @JsonProperty("differences") List<Difference> differences,
    @JsonProperty("notTested") List<NotTested> notTested) {

  /**
   * What a scenario has to show.
   *
   * @param name of the program
   * @param title for people
   * @param theirs the tests of OpenLineage that have this scenario
   * @param jobs what has to be said of which job
   * @param more what ours says and the stock listener does not
   */
  record Expected(
      @JsonProperty("name") String name,
      @JsonProperty("title") String title,
      @JsonProperty("theirs") List<String> theirs,
      @JsonProperty("jobs") List<ExpectedJob> jobs,
      @JsonProperty("more") List<String> more) {

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A job and its datasets with the names of their facets; {@code facet=text} if its value counts.
   *
   * @param name behind the name of the application
   * @param inputs facets by dataset
   * @param outputs facets by dataset
   */
  record ExpectedJob(
      @JsonProperty("name") String name,
      @JsonProperty("inputs") Map<String, String> inputs,
      @JsonProperty("outputs") Map<String, String> outputs) {}

  /**
   * Facts of the stock listener that ours has not.
   *
   * @param facts a regular expression for them
   * @param reason why that is right
   * @param sometimes whether the stock listener is not always quick enough to state them
   */
  record Difference(
      @JsonProperty("facts") String facts,
      @JsonProperty("reason") String reason,
      @JsonProperty("sometimes") boolean sometimes) {

    boolean covers(String fact) {
      return Pattern.compile(facts).matcher(fact).find();
    }
  }

  /**
   * Tests of OpenLineage without a counterpart here.
   *
   * @param theirs their names
   * @param reason why
   */
  record NotTested(
      @JsonProperty("theirs") List<String> theirs, @JsonProperty("reason") String reason) {}

  static Expectations read() throws IOException {
    try (InputStream in = Expectations.class.getResourceAsStream("expectations.json")) {
      return new ObjectMapper().readValue(in, Expectations.class);
    }
  }
}
