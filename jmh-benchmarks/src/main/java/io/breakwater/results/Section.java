package io.breakwater.results;

import java.util.Map;

/** One part of {@code docs/benchmarks.md}: words from a resource, figures from results. */
public interface Section {

  /** Its Markdown, from the heading on. */
  String markdown(Results results);

  /** Its charts: the name of a file beside the page, and the SVG. */
  default Map<String, String> charts(Results results) {
    return Map.of();
  }
}
