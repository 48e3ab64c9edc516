package io.breakwater.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns what the parts of the demo found into a table on the terminal and a page, {@code
 * report.html}. Exits with 1 if a part is missing, failed, or has a check that is not as expected.
 *
 * <p>A part leaves {@code PART.json}: {@code title}, {@code seconds}, {@code checks} (each with
 * {@code name}, {@code expected}, {@code actual}, {@code ok}), {@code figures} ({@code name},
 * {@code value}), and optionally {@code html}, a fragment for the page, and {@code failure}.
 */
public final class DemoReport {

  private static final List<String> PARTS = List.of("wal", "deletion-vectors", "lineage");

  private final List<JsonNode> found = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private DemoReport() {}

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    DemoReport report = read(directory);
    report.print(System.out);
    Path page = directory.resolve("report.html");
    Files.writeString(page, report.html());
    System.out.println("The page: " + page);
    System.exit(report.problems().isEmpty() ? 0 : 1);
  }

  static DemoReport read(Path directory) throws IOException {
    DemoReport report = new DemoReport();
    for (String part : PARTS) {
      Path file = directory.resolve(part + ".json");
      if (!Files.exists(file)) {
        report.problems.add(part + ": left no findings in " + file);
        continue;
      }
      JsonNode findings = new ObjectMapper().readTree(Files.readString(file));
      report.found.add(findings);
      if (findings.path("checks").isEmpty()) {
        report.problems.add(part + ": checked nothing");
      }
      for (JsonNode check : findings.path("checks")) {
        if (!check.path("ok").asBoolean()) {
          report.problems.add(
              part
                  + ": "
                  + check.path("name").asText()
                  + ": expected "
                  + check.path("expected").asText()
                  + ", but was "
                  + check.path("actual").asText());
        }
      }
      if (findings.hasNonNull("failure")) {
        report.problems.add(
            part + ": " + findings.get("failure").asText().lines().findFirst().orElse(""));
      }
    }
    return report;
  }

  /** What is wrong, a line each; empty if the demo is as it should be. */
  List<String> problems() {
    return problems;
  }

  void print(PrintStream out) {
    for (JsonNode part : found) {
      out.printf("%n%s (%.0f s)%n", part.path("title").asText(), part.path("seconds").asDouble());
      for (JsonNode check : part.path("checks")) {
        out.printf(
            "  %-4s %-66s %s%n",
            check.path("ok").asBoolean() ? "ok" : "BAD",
            check.path("name").asText(),
            check.path("ok").asBoolean()
                ? check.path("actual").asText()
                : check.path("actual").asText() + ", expected " + check.path("expected").asText());
      }
      for (JsonNode figure : part.path("figures")) {
        out.printf(
            "       %-66s %s%n", figure.path("name").asText(), figure.path("value").asText());
      }
      if (part.hasNonNull("failure")) {
        out.println(part.get("failure").asText());
      }
    }
    out.println();
    problems.forEach(problem -> out.println("FAILED  " + problem));
    out.println(problems.isEmpty() ? "The demo succeeded." : "The demo FAILED.");
  }

  String html() {
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<title>Breakwater demo</title><style>")
        .append("body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;")
        .append("padding:0 1rem;color:#1c2733}table{border-collapse:collapse;width:100%}")
        .append("td,th{border-bottom:1px solid #d5dde5;padding:.3rem .6rem;text-align:left;")
        .append("overflow-wrap:anywhere}")
        .append(".ok{color:#137333}.bad{color:#b3261e;font-weight:bold}")
        .append("pre{background:#f4f6f8;padding:1rem;overflow:auto}svg{max-width:100%}")
        .append("</style></head><body><h1>Breakwater demo: ")
        .append(problems.isEmpty() ? "<span class=ok>succeeded" : "<span class=bad>FAILED")
        .append("</span></h1>");
    for (String problem : problems) {
      page.append("<p class=bad>").append(escape(problem)).append("</p>");
    }
    for (JsonNode part : found) {
      page.append("<h2>")
          .append(escape(part.path("title").asText()))
          .append("</h2><p>")
          .append(Math.round(part.path("seconds").asDouble()))
          .append(" s</p><table><tr><th>Check<th>Expected<th>Found<th></tr>");
      for (JsonNode check : part.path("checks")) {
        boolean ok = check.path("ok").asBoolean();
        page.append("<tr><td>")
            .append(escape(check.path("name").asText()))
            .append("<td>")
            .append(escape(check.path("expected").asText()))
            .append("<td>")
            .append(escape(check.path("actual").asText()))
            .append(ok ? "<td class=ok>ok</tr>" : "<td class=bad>BAD</tr>");
      }
      page.append("</table><table>");
      for (JsonNode figure : part.path("figures")) {
        page.append("<tr><td>")
            .append(escape(figure.path("name").asText()))
            .append("<td>")
            .append(escape(figure.path("value").asText()))
            .append("</tr>");
      }
      page.append("</table>");
      if (part.hasNonNull("html")) {
        page.append(part.get("html").asText());
      }
      if (part.hasNonNull("failure")) {
        page.append("<pre>").append(escape(part.get("failure").asText())).append("</pre>");
      }
    }
    return page.append("</body></html>\n").toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
