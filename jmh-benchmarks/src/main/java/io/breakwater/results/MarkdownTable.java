package io.breakwater.results;

import java.util.List;
import java.util.stream.Collectors;

/** A table of the page, made row by row. */
public final class MarkdownTable {

  private final StringBuilder text = new StringBuilder();
  private final int columns;

  /** With these columns. */
  public MarkdownTable(String... columns) {
    this(List.of(columns));
  }

  /** The same. */
  public MarkdownTable(List<String> columns) {
    this.columns = columns.size();
    line(columns);
    line(columns.stream().map(column -> "---").toList());
  }

  /** One more row. */
  public MarkdownTable row(String... cells) {
    return row(List.of(cells));
  }

  /** The same. */
  public MarkdownTable row(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(cells.size() + " cells in " + columns + " columns");
    }
    line(cells);
    return this;
  }

  private void line(List<String> cells) {
    text.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
  }

  @Override
  public String toString() {
    return text.toString().stripTrailing();
  }
}
