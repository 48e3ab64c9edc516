package io.breakwater.lineage.scenario;

import io.breakwater.lineage.scenario.Expectations.Difference;
import io.breakwater.lineage.scenario.Expectations.Expected;
import io.breakwater.lineage.scenario.Expectations.ExpectedJob;
import io.breakwater.lineage.scenario.Expectations.NotTested;
import java.util.Map;
import java.util.stream.Collectors;

/** The page in {@code docs} that says how our events compare. */
final class ScenarioPage {

  private ScenarioPage() {}

  static String of(Expectations expectations) {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # OpenLineage's own scenarios

        OpenLineage's repository has tests of its Spark integration. This page has their scenarios for
        Spark 3.5, what our events show in each, and where they differ from those of OpenLineage's own
        listener. `OpenLineageScenariosTest` runs a program for each, once under each listener, and
        compares what the events say: runs, datasets, facets and their values, without ids and times.
        It writes this page, and fails when the page, the events or OpenLineage's jar differ.

        ## Scenarios

        | Scenario | In OpenLineage | Jobs | Reads | Writes | Said here, not by the stock listener |
        |---|---|---|---|---|---|
        """);
    expectations.scenarios().forEach(scenario -> page.append(row(scenario)));
    page.append(
        """

        Each job has a START and a COMPLETE, and each dataset the facets that OpenLineage's tests
        expect. `~` is the directory of the scenario's run.

        ## What the stock listener says and this one does not

        Facts are given as the regular expression that the test looks for.

        | Fact | Why |
        |---|---|
        """);
    for (Difference difference : expectations.differences()) {
      page.append("| `%s` | %s |%n".formatted(cell(difference.facts()), cell(difference.reason())));
    }
    page.append(
        """

        ## Not tested

        | In OpenLineage | Why |
        |---|---|
        """);
    for (NotTested left : expectations.notTested()) {
      page.append(
          "| %s | %s |%n".formatted(String.join("<br>", left.theirs()), cell(left.reason())));
    }
    return page.toString();
  }

  private static String row(Expected scenario) {
    return "| %s | %s | %s | %s | %s | %s |%n"
        .formatted(
            cell(scenario.title()),
            String.join("<br>", scenario.theirs()),
            scenario.jobs().stream()
                .map(job -> code(job.name()))
                .collect(Collectors.joining("<br>")),
            datasets(scenario, true),
            datasets(scenario, false),
            scenario.more().stream().map(ScenarioPage::code).collect(Collectors.joining("<br>")));
  }

  private static String datasets(Expected scenario, boolean inputs) {
    return scenario.jobs().stream()
        .map(inputs ? ExpectedJob::inputs : ExpectedJob::outputs)
        .map(Map::keySet)
        .flatMap(names -> names.stream().sorted())
        .distinct()
        .map(ScenarioPage::code)
        .collect(Collectors.joining("<br>"));
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + cell(text) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
