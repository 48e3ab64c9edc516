package io.breakwater.results;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Horizontal bars in groups, as an SVG: the groups one below the other, a colour for each series.
 */
public final class BarChart {

  private static final List<String> COLOURS =
      List.of("#1b6ca8", "#d95f02", "#8c8c8c", "#5aae61", "#9970ab");
  private static final int LABELS = 230;
  private static final int BARS = 460;
  private static final int VALUES = 90;
  private static final int BAR = 14;
  private static final int GAP = 12;
  private static final int TOP = 34;

  private final String title;
  private final List<String> series;
  private final Map<String, double[]> groups = new LinkedHashMap<>();
  private final StringBuilder svg = new StringBuilder();

  /** Without bars yet; {@code title} names what they measure and the unit. */
  public BarChart(String title, List<String> series) {
    this.title = title;
    this.series = List.copyOf(series);
  }

  /** A group with one value for each series; NaN leaves a bar out. */
  public BarChart group(String label, double... values) {
    groups.put(label, values);
    return this;
  }

  /** The SVG, always the same for the same values. */
  public String draw() {
    double most =
        groups.values().stream()
            .flatMapToDouble(DoubleStream::of)
            .filter(Double::isFinite)
            .max()
            .orElse(1);
    int width = LABELS + BARS + VALUES;
    int height = TOP + groups.size() * (series.size() * BAR + GAP) + 40;
    line(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='12' fill='#333'>",
        width, height);
    line("<rect width='%d' height='%d' fill='white'/>", width, height);
    line("<text x='8' y='20' font-size='14'>%s</text>", escape(title));
    int y = TOP;
    for (Map.Entry<String, double[]> group : groups.entrySet()) {
      line(
          "<text x='%d' y='%d' text-anchor='end'>%s</text>",
          LABELS - 8, y + series.size() * BAR / 2 + 4, escape(group.getKey()));
      for (int i = 0; i < series.size(); i++) {
        bar(y + i * BAR, group.getValue()[i], most, COLOURS.get(i));
      }
      y += series.size() * BAR + GAP;
    }
    legend(height - 18);
    line("</svg>");
    return svg.toString();
  }

  private void bar(int y, double value, double most, String colour) {
    if (!Double.isFinite(value)) {
      line("<text x='%d' y='%d' fill='#999'>none</text>", LABELS + 4, y + BAR - 3);
      return;
    }
    long length = Math.max(1, Math.round(value / most * BARS));
    line(
        "<rect x='%d' y='%d' width='%d' height='%d' fill='%s'/>",
        LABELS, y, length, BAR - 2, colour);
    line("<text x='%d' y='%d'>%s</text>", LABELS + length + 4, y + BAR - 3, Figures.number(value));
  }

  private void legend(int y) {
    List<String> labels = new ArrayList<>(series);
    int x = 8;
    for (int i = 0; i < labels.size(); i++) {
      line("<rect x='%d' y='%d' width='14' height='10' fill='%s'/>", x, y - 9, COLOURS.get(i));
      line("<text x='%d' y='%d'>%s</text>", x + 19, y, escape(labels.get(i)));
      x += 40 + 7 * labels.get(i).length();
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  @SuppressWarnings("AnnotateFormatMethod") // that annotation is not on the class path
  private void line(String text, Object... values) {
    svg.append(text.formatted(values)).append('\n');
  }
}
