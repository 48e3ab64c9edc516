package io.breakwater.wal.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened when; prints it as it happens and draws it at the end. Thread-safe. */
final class Timeline {

  private record Event(double seconds, String text) {}

  private record Sample(double seconds, long rows) {}

  private static final int WIDTH = 900;
  private static final int CHART_HEIGHT = 180;
  private static final int LINE_HEIGHT = 16;

  private final long start = System.nanoTime();
  private final List<Event> events = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();

  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  /** Prints a line of progress. */
  void say(String format, Object... arguments) {
    System.out.printf(
        Locale.ROOT,
        "[wal] %5.1f s  %s%n",
        seconds(),
        String.format(Locale.ROOT, format, arguments));
  }

  /** Says it, and marks it in the drawing. */
  synchronized void mark(String format, Object... arguments) {
    say(format, arguments);
    events.add(new Event(seconds(), String.format(Locale.ROOT, format, arguments)));
  }

  synchronized void acknowledged(long rows) {
    samples.add(new Sample(seconds(), rows));
  }

  /** The acknowledged rows over time, with a numbered line for every mark. */
  synchronized String toSvg() {
    double end = Math.max(seconds(), 1);
    long most = Math.max(1, samples.stream().mapToLong(Sample::rows).max().orElse(1));
    int height = CHART_HEIGHT + (events.size() + 1) * LINE_HEIGHT;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\">"
            .formatted(WIDTH, height));
    svg.append("<polyline fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\" points=\"");
    for (Sample sample : samples) {
      double y = CHART_HEIGHT - (CHART_HEIGHT - 20.0) * sample.rows() / most;
      svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(sample.seconds(), end), y));
    }
    svg.append("\"/>");
    svg.append("<text x=\"0\" y=\"12\">%,d rows acknowledged</text>".formatted(most));
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"18\" y2=\"%2$d\" stroke=\"#999\""
                  + " stroke-dasharray=\"3\"/><text x=\"%1$.1f\" y=\"%3$d\">%4$d</text>"
                  + "<text x=\"0\" y=\"%5$d\">%4$d. %6$.1f s: %7$s</text>",
              x(event.seconds(), end),
              CHART_HEIGHT,
              CHART_HEIGHT + 12,
              i + 1,
              CHART_HEIGHT + (i + 2) * LINE_HEIGHT,
              event.seconds(),
              event.text().replace("&", "&amp;").replace("<", "&lt;")));
    }
    return svg.append("</svg>").toString();
  }

  private static double x(double seconds, double end) {
    return (WIDTH - 20) * seconds / end;
  }
}
