package io.breakwater.iceberg.compact;

import io.breakwater.iceberg.compact.MergeWorkload.Hour;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The hours of all arms as four line charts in one SVG. */
final class HourlyCharts {
  private static final int WIDTH = 400;
  private static final int HEIGHT = 200;
  private static final int LEFT = 70;
  private static final int TOP = 40;
  private static final int CELL_WIDTH = LEFT + WIDTH + 30;
  private static final int CELL_HEIGHT = TOP + HEIGHT + 40;
  private static final int LINES = 4;
  private static final Map<Arm, String> COLOURS =
      Map.of(Arm.NONE, "#8c8c8c", Arm.STOCK, "#d95f02", Arm.OURS, "#1b6ca8");

  private final List<Hour> hours;
  private final int last;
  private final StringBuilder svg = new StringBuilder();

  private HourlyCharts(List<Hour> hours) {
    this.hours = hours;
    this.last = hours.stream().mapToInt(Hour::hour).max().orElse(1);
  }

  static String draw(List<Hour> hours) {
    return new HourlyCharts(hours).draw();
  }

  private String draw() {
    int width = 2 * CELL_WIDTH;
    int height = 2 * CELL_HEIGHT + 40;
    line(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " font-size='12' fill='#333'>",
        width, height);
    line("<rect width='%d' height='%d' fill='white'/>", width, height);
    chart(0, 0, "Written by maintenance so far, MB", summed(h -> h.maintenanceBytes() / 1e6));
    chart(1, 0, "Full scan, ms", each(Hour::scanMillis));
    chart(0, 1, "Scan planning, ms", each(Hour::planMillis));
    chart(1, 1, "Live data and Puffin files", each(h -> h.liveDataFiles() + h.livePuffins()));
    int x = LEFT;
    for (Arm arm : Arm.values()) {
      line("<rect x='%d' y='%d' width='16' height='4' fill='%s'/>", x, height - 22, colour(arm));
      line("<text x='%d' y='%d'>%s</text>", x + 22, height - 16, arm.label());
      x += 60 + 7 * arm.label().length();
    }
    line("</svg>");
    return svg.toString();
  }

  private Map<Arm, Map<Integer, Double>> each(ToDoubleFunction<Hour> number) {
    Map<Arm, Map<Integer, Double>> series = new TreeMap<>();
    for (Arm arm : Arm.values()) {
      series.put(
          arm,
          hours.stream()
              .filter(hour -> hour.arm().equals(arm.name()))
              .collect(
                  Collectors.toMap(Hour::hour, number::applyAsDouble, (a, b) -> b, TreeMap::new)));
    }
    return series;
  }

  private Map<Arm, Map<Integer, Double>> summed(ToDoubleFunction<Hour> number) {
    Map<Arm, Map<Integer, Double>> series = each(number);
    for (Map<Integer, Double> line : series.values()) {
      double[] sum = new double[1];
      line.replaceAll((hour, value) -> sum[0] += value);
    }
    return series;
  }

  private void chart(int column, int row, String title, Map<Arm, Map<Integer, Double>> series) {
    int left = column * CELL_WIDTH + LEFT;
    int top = row * CELL_HEIGHT + TOP;
    double most =
        roundUp(
            series.values().stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1));
    line("<text x='%d' y='%d' font-size='14'>%s</text>", left, top - 14, title);
    for (int i = 0; i <= LINES; i++) {
      int y = top + HEIGHT - i * HEIGHT / LINES;
      line("<line x1='%d' y1='%d' x2='%d' y2='%d' stroke='#ddd'/>", left, y, left + WIDTH, y);
      line(
          "<text x='%d' y='%d' text-anchor='end'>%s</text>",
          left - 6, y + 4, number(most * i / LINES));
    }
    line("<text x='%d' y='%d'>hour 1</text>", left, top + HEIGHT + 18);
    line("<text x='%d' y='%d' text-anchor='end'>%d</text>", left + WIDTH, top + HEIGHT + 18, last);
    series.forEach(
        (arm, points) ->
            line(
                "<polyline fill='none' stroke='%s' stroke-width='2' points='%s'/>",
                colour(arm),
                points.entrySet().stream()
                    .map(point -> point(left, top, point.getKey(), point.getValue() / most))
                    .collect(Collectors.joining(" "))));
  }

  private String point(int left, int top, int hour, double share) {
    double x = left + (last == 1 ? 0 : (double) (hour - 1) / (last - 1)) * WIDTH;
    return String.format(Locale.ROOT, "%.1f,%.1f", x, top + HEIGHT * (1 - share));
  }

  /** The next of 1, 2, 4, 6, 8 times a power of ten. */
  private static double roundUp(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-9))));
    for (double step : new double[] {1, 2, 4, 6, 8}) {
      if (value <= step * power) {
        return step * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value) {
    return value >= 10 || value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,d", Math.round(value))
        : String.format(Locale.ROOT, "%.1f", value);
  }

  private static String colour(Arm arm) {
    return COLOURS.get(arm);
  }

  @SuppressWarnings("AnnotateFormatMethod") // that annotation is not on the class path
  private void line(String text, Object... values) {
    svg.append(text.formatted(values)).append('\n');
  }
}
