package io.breakwater.lineage.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.scenario.Expectations.Expected;
import io.breakwater.lineage.scenario.Expectations.ExpectedJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our events against OpenLineage's: the same programs once under its listener and once under ours,
 * and what its own tests expect of them. Two sessions, because two of its listeners in one process
 * share the metrics of jobs and take them from each other.
 *
 * <p>{@code -Dbreakwater.docs.write=true} writes the page instead of comparing it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenLineageScenariosTest {

  private static final Path PAGE = Path.of("..", "docs", "openlineage-scenarios.md");

  private final Map<String, Set<String>> stock = new HashMap<>();
  private final Map<String, Set<String>> ours = new HashMap<>();
  private Map<String, List<JsonNode>> events;
  private Expectations expectations;

  @BeforeAll
  void runEveryScenarioUnderBoth(@TempDir Path directory) throws Exception {
    expectations = Expectations.read();
    List<Scenario> scenarios =
        Stream.of(
                FileScenarios.ALL,
                RddScenarios.ALL,
                HiveScenarios.ALL,
                IcebergScenarios.ALL,
                DatabaseScenarios.ALL,
                ColumnScenarios.ALL,
                StreamScenarios.ALL)
            .flatMap(List::stream)
            .toList();
    assertThat(expectations.scenarios())
        .extracting(Expected::name)
        .containsAll(scenarios.stream().map(Scenario::name).toList());
    Path stockDirectory = Files.createDirectory(directory.resolve("stock"));
    Path ourDirectory = Files.createDirectory(directory.resolve("ours"));
    ScenarioRun.ofStock(stockDirectory, scenarios)
        .forEach((name, found) -> stock.put(name, facts(stockDirectory, found)));
    events = ScenarioRun.ofOurs(ourDirectory, scenarios);
    events.forEach((name, found) -> ours.put(name, facts(ourDirectory, found)));
  }

  private static Set<String> facts(Path directory, List<JsonNode> events) {
    return ScenarioFacts.of(directory.toString(), events);
  }

  List<Expected> scenarios() {
    return expectations.scenarios();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void scenario_showsWhatOpenLineagesTestsExpect(Expected scenario) {
    Set<String> facts = ours.getOrDefault(scenario.name(), Set.of());
    for (ExpectedJob job : scenario.jobs()) {
      String name = "job scenarios" + (job.name().isEmpty() ? "" : "." + job.name());
      assertThat(facts).contains(name + " START", name + " COMPLETE");
      job.inputs()
          .forEach(
              (dataset, facets) ->
                  assertDataset(facts, name + " reads ", "input ", dataset, facets));
      job.outputs()
          .forEach(
              (dataset, facets) ->
                  assertDataset(facts, name + " writes ", "output ", dataset, facets));
    }
  }

  private static void assertDataset(
      Set<String> facts, String edge, String side, String dataset, String facets) {
    assertThat(facts).contains(edge + dataset);
    for (String facet : facets.isEmpty() ? new String[0] : facets.split(" ", -1)) {
      String fact = side + dataset + " has " + facet.replaceFirst("=.*", "");
      String value = facet.contains("=") ? facet.replaceFirst(".*=", "") : "";
      assertThat(facts)
          .as(facet)
          .anyMatch(
              found -> found.startsWith(fact) && found.substring(fact.length()).contains(value));
    }
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void scenario_saysAllThatTheStockListenerSays(Expected scenario) {
    assertThat(
            lacking(scenario).stream()
                .filter(fact -> expectations.differences().stream().noneMatch(d -> d.covers(fact))))
        .isEmpty();
  }

  private Set<String> lacking(Expected scenario) {
    Set<String> lacking = new TreeSet<>(stock.getOrDefault(scenario.name(), Set.of()));
    lacking.removeAll(ours.getOrDefault(scenario.name(), Set.of()));
    return lacking;
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void scenario_saysMoreWhereThePageSaysSo(Expected scenario) {
    Set<String> facts = ours.getOrDefault(scenario.name(), Set.of());
    assertThat(facts).containsAll(scenario.more());
    assertThat(stock.getOrDefault(scenario.name(), Set.of()))
        .noneMatch(fact -> scenario.more().contains(fact));
  }

  @Test
  void everyDifference_isOne() {
    Set<String> lacking = new TreeSet<>();
    expectations.scenarios().forEach(scenario -> lacking.addAll(lacking(scenario)));
    assertThat(expectations.differences())
        .filteredOn(difference -> !difference.sometimes())
        .allSatisfy(difference -> assertThat(lacking).anyMatch(difference::covers));
  }

  @Test
  void everyRunOfEveryScenario_hasOneStartAndOneEnd() {
    Map<String, StringBuilder> types = new HashMap<>();
    events.values().stream()
        .flatMap(List::stream)
        .filter(event -> !event.at("/eventType").asText().equals("OTHER"))
        .forEach(
            event ->
                types
                    .computeIfAbsent(event.at("/run/runId").asText(), id -> new StringBuilder())
                    .append(event.at("/eventType").asText())
                    .append(' '));
    assertThat(types.values())
        .isNotEmpty()
        .allMatch(run -> run.toString().matches("START (RUNNING )*(COMPLETE|FAIL|ABORT) "));
  }

  @Test
  void page_isWhatThisTestHolds() throws IOException {
    String page = ScenarioPage.of(expectations);
    if (Boolean.getBoolean("breakwater.docs.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("stale: run mvn -pl spark-listener test -Dbreakwater.docs.write=true")
        .isEqualTo(page);
  }
}
