package io.breakwater.lineage.view;

import static io.breakwater.lineage.view.EventJson.column;
import static io.breakwater.lineage.view.EventJson.everyColumn;
import static io.breakwater.lineage.view.EventJson.run;
import static io.breakwater.lineage.view.EventJson.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser; skipped, with the reason, where there is none. */
class LineagePageIT {

  private static final String ENTER = "\ue007";
  private static final String RIGHT = "\ue014";
  private static final String DOWN = "\ue015";
  private static final String HOSTILE =
      "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  @TempDir private static Path directory;

  private static Browser browser;
  private static Path page;

  @BeforeAll
  static void openBrowser() throws Exception {
    Optional<String> missing = Browser.missing();
    if (missing.isPresent()) {
      String skipped = "LineagePageIT is skipped: " + missing.get();
      System.err.println(skipped);
      Assumptions.abort(skipped);
    }
    browser = new Browser();
    page = write("lineage.html", nightly());
  }

  @AfterAll
  static void closeBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @AfterEach
  void pageHadNoErrors() throws Exception {
    if (browser != null) {
      assertThat(browser.console().toString()).isEqualTo("[]");
      assertThat(browser.run("return document.title").asText()).isEqualTo("Lineage");
    }
  }

  /**
   * An application of two jobs whose first job changes on its second night and fails on the third.
   */
  private static List<EventJson> nightly() {
    List<EventJson> events = new ArrayList<>();
    for (int night = 1; night <= 3; night++) {
      String app = "app-" + night;
      String day = "2026-11-1" + night + "T0";
      String amount = night == 1 ? "amount:int" : "amount:bigint";
      ObjectNode mart =
          night == 1
              ? table("/mart/orders", "id:int", amount, "country:string")
              : table("/mart/orders", "id:int", amount, "eur:double");
      column(mart, "id", "/raw/orders", "id", "DIRECT", "IDENTITY");
      column(
          mart,
          "amount",
          "/raw/orders",
          "amount",
          "DIRECT",
          night == 1 ? "IDENTITY" : "TRANSFORMATION");
      everyColumn(mart, "/raw/customers", "id", "INDIRECT", "JOIN");
      events.add(run("nightly", app, "START", day + "1:00:00Z"));
      EventJson start =
          run("nightly.enrich", "enrich-" + night, "START", day + "1:01:00Z")
              .parent("nightly", app)
              .jobFacet("sql", "query", "SELECT * FROM raw.orders")
              .input(table("/raw/orders", "id:int", "amount:int"))
              .input(table("/raw/customers", "id:int"))
              .output(mart);
      events.add(night > 1 ? start.input(table("/ref/rates", "rate:double")) : start);
      if (night == 3) {
        events.add(
            run("nightly.enrich", "enrich-3", "FAIL", day + "1:05:00Z")
                .parent("nightly", app)
                .error("No space left on device", "java.io.IOException\n\tat Writer.java:7"));
      } else {
        events.add(
            run("nightly.enrich", "enrich-" + night, "COMPLETE", day + "1:03:30Z")
                .parent("nightly", app));
      }
      ObjectNode revenue = table("/mart/revenue", "revenue:double");
      column(revenue, "revenue", "/mart/orders", "amount", "DIRECT", "AGGREGATION");
      events.add(
          run("nightly.revenue", "revenue-" + night, "COMPLETE", day + "1:10:00Z")
              .parent("nightly", app)
              .input(table("/mart/orders"))
              .output(revenue));
    }
    events.add(
        run(HOSTILE, HOSTILE, "FAIL", "2026-11-13T05:00:00Z")
            .error(HOSTILE, HOSTILE)
            .jobFacet("sql", "query", HOSTILE)
            .runFacet("emr", "clusterId", HOSTILE)
            .input(table(HOSTILE, HOSTILE.replace(':', ' ') + ":" + HOSTILE))
            .output(table("/mart/orders")));
    return events;
  }

  private static Path write(String name, List<EventJson> events) throws IOException {
    LineageModelBuilder builder = new LineageModelBuilder(ViewLimits.defaults());
    events.forEach(event -> builder.add(event.json()));
    String html = LineagePage.html(builder.build(), HOSTILE, Instant.parse("2026-11-14T00:00:00Z"));
    return Files.writeString(directory.resolve(name), html);
  }

  private static void open(String hash) throws Exception {
    browser.open(page, hash);
  }

  private static String key(String dataset) throws Exception {
    return browser
        .run(
            "return [...App.model.nodes.values()].find((node) => node.name === arguments[0]).key",
            dataset)
        .asText();
  }

  @Test
  void graph_drawsDatasetsAndJobs() throws Exception {
    open("");
    assertThat(browser.count("#view-graph .node.dataset[data-key]")).isEqualTo(6);
    assertThat(browser.count("#view-graph .node.job[data-key]")).isEqualTo(3);
    assertThat(browser.text("#summary")).isEqualTo("6 datasets, 4 jobs, 10 runs");
    browser.screenshot(SCREENSHOTS.resolve("graph.png"));
  }

  @Test
  void clickOnAJob_showsItsRunsVersionsAndQuery() throws Exception {
    open("");
    browser.click("[data-key='" + key("nightly.enrich") + "']");
    Awaitility.await().until(() -> browser.text("#panel h2").equals("enrich"));
    assertThat(browser.text("#panel"))
        .contains("✕ FAIL", "✓ COMPLETE", "2:30 min", "2 versions", "SELECT * FROM raw.orders");
    browser.screenshot(SCREENSHOTS.resolve("job.png"));
  }

  @Test
  void clickOnAColumn_drawsItsEdgesWithTheirTransformations() throws Exception {
    open("");
    browser.click("[data-key='" + key("/mart/orders") + "']");
    Awaitility.await().until(() -> browser.text("#panel h2").equals("orders"));
    browser.run(
        "[...document.querySelectorAll('#panel button.column')]"
            + ".find((button) => button.textContent === 'amount').click()");
    Awaitility.await().until(() -> browser.count("#graph-column-view .column-edge") == 3);
    assertThat(browser.text("#panel"))
        .contains("DIRECT TRANSFORMATION", "DIRECT AGGREGATION", "INDIRECT JOIN");
    assertThat(browser.count("#graph-column-view .column-edge .edge.direct")).isEqualTo(2);
    assertThat(
            browser
                .run(
                    "return [...document.querySelectorAll('#graph-column-view [marker-end]')].every("
                        + "edge => edge.ownerSVGElement.querySelector("
                        + "edge.getAttribute('marker-end').slice(4, -1)))")
                .asBoolean())
        .as("arrowheads are of the same drawing")
        .isTrue();
    browser.screenshot(SCREENSHOTS.resolve("column.png"));
    browser.click("#column-indirect");
    Awaitility.await().until(() -> browser.count("#graph-column-view .column-edge") == 2);
  }

  @Test
  void runs_areATreeWithErrorsAndDurations() throws Exception {
    open("view=runs");
    assertThat(browser.count("#view-runs tbody tr")).isEqualTo(4);
    browser.click("[id='open-app-3']");
    Awaitility.await().until(() -> browser.count("#view-runs tbody tr") == 6);
    assertThat(browser.text("#view-runs")).contains("No space left on device", "4:00 min");
    browser.screenshot(SCREENSHOTS.resolve("runs.png"));
    browser.type("#runs-text", "enrich");
    Awaitility.await().until(() -> browser.count("#view-runs tbody tr") == 3);
  }

  @Test
  void run_tellsItsErrorItsParentAndItsParts() throws Exception {
    open("view=runs&run=enrich-3");
    assertThat(browser.text("#panel")).contains("No space left on device", "nightly", "v2");
    open("view=runs&run=app-3");
    assertThat(browser.text("#panel")).contains("2 parts", "enrich", "revenue");
  }

  @Test
  void compare_namesWhatChangedBetweenTwoVersions() throws Exception {
    open("view=compare&job=");
    assertThat(browser.text("#compare-datasets")).contains("+ added", "input", "rates");
    assertThat(browser.text("#compare-fields"))
        .contains("~ changed", "int bigint", "+ added", "eur", "− removed", "country");
    assertThat(browser.text("#compare-columns"))
        .contains("~ changed", "orders · amount", "DIRECT IDENTITY", "DIRECT TRANSFORMATION")
        .doesNotContain("JOIN");
    browser.screenshot(SCREENSHOTS.resolve("compare.png"));
    browser.run(
        "const from = document.getElementById('compare-from');"
            + "from.value = '2'; from.dispatchEvent(new Event('change'))");
    Awaitility.await().until(() -> browser.count("#compare-same") == 1);
  }

  @Test
  void search_findsDatasetsColumnsJobsAndRuns() throws Exception {
    open("");
    pressUntil("/", () -> focused("id").equals("search"));
    browser.run("document.activeElement.value = ''");
    browser.type("#search", "eur");
    Awaitility.await().until(() -> browser.text("#results").contains("column eur orders"));
    browser.press(DOWN);
    browser.press(ENTER);
    Awaitility.await().until(() -> browser.text("#panel h2").equals("eur"));
    open("");
    browser.type("#search", "enrich-2" + ENTER);
    Awaitility.await().until(() -> browser.text("#panel").contains("enrich-2"));
  }

  @Test
  void keyboard_movesBetweenNodesAndOpensThem() throws Exception {
    open("");
    browser.run("document.querySelector('#view-graph [data-key][tabindex=\"0\"]').focus()");
    String before = focused("dataset.key");
    pressUntil(RIGHT, () -> !focused("dataset.key").equals(before));
    String after = focused("dataset.key");
    pressUntil(ENTER, () -> browser.count("#view-graph [data-key='" + after + "'].selected") == 1);
  }

  private static String focused(String property) throws Exception {
    return browser.run("return document.activeElement." + property).asText();
  }

  /** A page that has just come up may miss a key. */
  private static void pressUntil(String key, Callable<Boolean> done) {
    Awaitility.await()
        .until(
            () -> {
              if (!done.call()) {
                browser.press(key);
              }
              return done.call();
            });
  }

  @Test
  void namesThatAreMarkup_areShownAndNeverRun() throws Exception {
    for (String hash : List.of("", "view=runs", "view=runs&run=" + HOSTILE, "view=compare")) {
      open(hash.replace("<", "%3C").replace(">", "%3E").replace("\"", "%22").replace(" ", "%20"));
      assertThat(browser.count("body img, body script:not(#model) ~ script")).isZero();
    }
    open("");
    browser.click("[data-key='" + key(HOSTILE) + "']");
    Awaitility.await()
        .until(() -> browser.text("#panel").contains("<script>document.title='owned'"));
    browser.screenshot(SCREENSHOTS.resolve("hostile.png"));
  }

  @Test
  void scriptThatIsSmuggledIn_isStoppedByThePolicy() throws Exception {
    open("");
    browser.run(
        "const script = document.createElement('script');"
            + "script.textContent = \"document.title = 'owned'\"; document.body.append(script)");
    assertThat(browser.run("return document.title").asText()).isEqualTo("Lineage");
    assertThat(browser.console().toString()).contains("Content Security Policy");
  }

  @Test
  void darkScheme_isFollowed() throws Exception {
    browser.prefer("dark");
    open("");
    assertThat(browser.run("return getComputedStyle(document.body).backgroundColor").asText())
        .isEqualTo("rgb(13, 17, 23)");
    browser.screenshot(SCREENSHOTS.resolve("dark.png"));
    browser.prefer("light");
  }

  @Test
  void thousandsOfDatasets_areDrawnAroundTheLastJobAndFoundBySearch() throws Exception {
    List<EventJson> events = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      EventJson event =
          run("job" + i, "r" + i, "COMPLETE", "2026-11-13T05:00:00Z")
              .output(
                  column(table("/t" + i, "a:int"), "a", "/t" + i / 3, "a", "DIRECT", "IDENTITY"));
      events.add(i == 0 ? event : event.input(table("/t" + i / 3, "a:int")));
    }
    Path large = write("large.html", events);
    Instant begin = Instant.now();
    browser.open(large, "");
    assertThat(browser.run("return document.documentElement.dataset.ready").asText())
        .isEqualTo("true");
    System.out.println(
        "2,000 datasets and jobs are shown after "
            + Duration.between(begin, Instant.now()).toMillis()
            + " ms; the page has "
            + Files.size(large)
            + " bytes");
    assertThat(browser.count("#view-graph [data-key]")).isBetween(3L, 250L);
    assertThat(browser.text("#graph-whole-view [role=status]")).contains("of 4,000 nodes");
    browser.type("#search", "t1999" + ENTER);
    Awaitility.await().until(() -> browser.text("#panel h2").equals("t1999"));
    assertThat(browser.count("#view-graph [data-key].selected")).isEqualTo(1);
    browser.screenshot(SCREENSHOTS.resolve("large.png"));
  }
}
