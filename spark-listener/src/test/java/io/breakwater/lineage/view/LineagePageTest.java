package io.breakwater.lineage.view;

import static io.breakwater.lineage.view.EventJson.column;
import static io.breakwater.lineage.view.EventJson.run;
import static io.breakwater.lineage.view.EventJson.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LineagePageTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final String HOSTILE =
      "</script><script>alert(1)</script><!-- {{script}} {{model}} &lt; \" ' \\";

  private static String page(EventJson... events) {
    LineageModelBuilder builder = new LineageModelBuilder(ViewLimits.defaults());
    for (EventJson event : events) {
      builder.add(event.json());
    }
    return LineagePage.html(builder.build(), "events.jsonl", NOW);
  }

  private static List<String> scripts(String page) {
    Matcher matcher = Pattern.compile("(?s)<script[^>]*>(.*?)</script>").matcher(page);
    List<String> scripts = new ArrayList<>();
    while (matcher.find()) {
      scripts.add(matcher.group(1));
    }
    return scripts;
  }

  private static JsonNode model(String page) throws IOException {
    return new ObjectMapper().readTree(scripts(page).get(0));
  }

  @Test
  void names_thatAreMarkup_stayText() throws IOException {
    String page =
        page(
            run(HOSTILE, HOSTILE, "FAIL", "10:00:00")
                .error(HOSTILE, HOSTILE)
                .jobFacet("sql", "query", HOSTILE)
                .runFacet("emr", HOSTILE, HOSTILE)
                .input(table(HOSTILE, HOSTILE + ":" + HOSTILE)));
    assertThat(scripts(page)).hasSize(2);
    assertThat(page).doesNotContain("alert(1)</script>").doesNotContain("<!-- {{");
    assertThat(model(page).at("/jobs/0/name").asText()).isEqualTo(HOSTILE);
    assertThat(model(page).at("/jobs/0/runs/0/error").asText()).isEqualTo(HOSTILE);
    assertThat(model(page).at("/datasets/0/name").asText()).isEqualTo(HOSTILE);
  }

  @Test
  void policy_allowsThePagesOwnScriptAndStyleOnly() throws Exception {
    String page = page(run("load", "r1", "COMPLETE", "10:00:00"));
    Matcher policy =
        Pattern.compile("Content-Security-Policy\" content=\"([^\"]*)\"").matcher(page);
    assertThat(policy.find()).isTrue();
    Matcher style = Pattern.compile("(?s)<style>(.*?)</style>").matcher(page);
    assertThat(style.find()).isTrue();
    assertThat(policy.group(1))
        .startsWith("default-src 'none';")
        .contains("script-src '" + sha256(scripts(page).get(1)) + "'")
        .contains("style-src '" + sha256(style.group(1)) + "'")
        .doesNotContain("unsafe");
  }

  private static String sha256(String text) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }

  @Test
  void page_loadsNothing() {
    String page = page(run("load", "r1", "COMPLETE", "10:00:00"));
    assertThat(page.replaceAll("(?s)<script>.*?</script>", ""))
        .doesNotContainPattern("(?i)<(link|img|iframe|object|embed|base)\\b")
        .doesNotContainPattern("(?i)\\ssrc\\s*=|url\\(|@import");
    assertThat(page).doesNotContain("sourceMappingURL");
    assertThat(page).contains("Copyright (c) 2012-2014 Chris Pettitt");
  }

  @Test
  void ourScripts_neverParseTextAsMarkupOrCode() throws IOException {
    for (String name : LineagePage.SCRIPTS) {
      try (InputStream script = LineagePage.class.getResourceAsStream(name)) {
        assertThat(new String(script.readAllBytes(), StandardCharsets.UTF_8))
            .as(name)
            .doesNotContainPattern(
                "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\b|new Function"
                    + "|fetch\\(|XMLHttpRequest|import\\(");
      }
    }
  }

  @Test
  void model_isWrittenWithSharedPlaces() throws IOException {
    JsonNode model =
        model(
            page(
                run("load", "r1", "COMPLETE", "10:00:00")
                    .input(table("/in", "x:int"))
                    .output(column(table("/out", "a:int"), "a", "/in", "x", "DIRECT", "IDENTITY"))
                    .parent("app", "a1"),
                run("load", "r2", "COMPLETE", "11:00:00")
                    .input(table("/in", "x:int"))
                    .output(table("/out", "a:int"))));
    ObjectMapper json = new ObjectMapper();
    assertThat(model.at("/generated").asLong()).isEqualTo(NOW.toEpochMilli());
    assertThat(model.at("/source").asText()).isEqualTo("events.jsonl");
    assertThat(model.at("/schemas"))
        .isEqualTo(json.readTree("[[[\"x\",\"int\"]],[[\"a\",\"int\"]]]"));
    assertThat(model.at("/transformations"))
        .isEqualTo(json.readTree("[[\"DIRECT\",\"IDENTITY\",\"\",false]]"));
    assertThat(model.at("/columns")).isEqualTo(json.readTree("[[[\"a\",0,\"x\",[0]]]]"));
    assertThat(model.at("/jobs/0/versions/0/inputs")).isEqualTo(json.readTree("[[0,0]]"));
    assertThat(model.at("/jobs/0/versions/0/outputs")).isEqualTo(json.readTree("[[1,1,0]]"));
    assertThat(model.at("/jobs/0/versions/1/outputs")).isEqualTo(json.readTree("[[1,1,-1]]"));
    assertThat(model.at("/jobs/0/runs/0/version").asInt()).isEqualTo(1);
    assertThat(model.at("/jobs/0/runs/1/parent").asText()).isEqualTo("a1");
  }
}
