package io.breakwater.lineage.view;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * A model as one HTML page that needs no network: style, script and data are in it, and its content
 * security policy allows nothing else, not even a script that data might smuggle in.
 *
 * <p>The layout is by dagre, whose licence is in the page. Thread-safe.
 */
public final class LineagePage {

  private static final String DAGRE = "dagre-3.1.3";

  /** In the order in which they need each other. */
  static final List<String> SCRIPTS =
      List.of(
          "dom.js",
          "format.js",
          "model.js",
          "trace.js",
          "compare.js",
          "canvas.js",
          "graph-view.js",
          "column-view.js",
          "panel.js",
          "runs-view.js",
          "compare-view.js",
          "search.js",
          "app.js");

  private LineagePage() {}

  /**
   * The page, to be written in UTF-8.
   *
   * @param source where the events come from, for the reader
   * @param generated the time that the page tells as its own
   */
  public static String html(LineageModel model, String source, Instant generated) {
    String style = resource("page.css");
    String script = script();
    String policy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '"
            + hash(style)
            + "'; script-src '"
            + hash(script)
            + "'";
    // The model comes last: what it holds is replaced in nothing.
    return replace(
        resource("page.html"),
        List.of(
            List.of("{{policy}}", policy),
            List.of("{{style}}", style),
            List.of(
                "{{model}}", inert(ModelJson.of(model, DisplayText.line(source, 300), generated))),
            List.of("{{script}}", script)));
  }

  /** Replaces each mark once, in the order of the marks in {@code template}. */
  private static String replace(String template, List<List<String>> replacements) {
    StringBuilder page = new StringBuilder();
    int from = 0;
    for (List<String> replacement : replacements) {
      int mark = template.indexOf(replacement.get(0), from);
      page.append(template, from, mark).append(replacement.get(1));
      from = mark + replacement.get(0).length();
    }
    return page.append(template, from, template.length()).toString();
  }

  private static String script() {
    StringBuilder script = new StringBuilder("\n/*\n");
    script.append(resource(DAGRE + ".LICENSE.txt")).append("*/\n");
    script.append(resource(DAGRE + ".min.js").replaceAll("(?m)^//# sourceMappingURL=.*$", ""));
    for (String name : SCRIPTS) {
      script.append('\n').append(resource(name));
    }
    return script.toString();
  }

  /** JSON that HTML cannot take for anything but text: no tag, no comment, no entity in it. */
  private static String inert(String json) {
    StringBuilder inert = new StringBuilder(json.length() + json.length() / 50);
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      switch (c) {
        case '<', '>', '&', '\u2028', '\u2029' -> inert.append(String.format("\\u%04x", (int) c));
        default -> inert.append(c);
      }
    }
    return inert.toString();
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot hash: every Java has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream resource = LineagePage.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException("Cannot find " + name + " beside " + LineagePage.class);
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
  }
}
