package io.breakwater.wal.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hbase.thirdparty.com.google.gson.Gson;
import org.apache.hbase.thirdparty.com.google.gson.GsonBuilder;

/** What this part of the demo saw, in the JSON form that the demo's report reads. */
final class Findings {

  private record Check(String name, String expected, String actual, boolean ok) {}

  private record Figure(String name, String value) {}

  private record Part(
      String part,
      String title,
      double seconds,
      List<Check> checks,
      List<Figure> figures,
      String html,
      String failure) {}

  private static final Gson JSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().setPrettyPrinting().create();

  private final String part;
  private final String title;
  private final List<Check> checks = new ArrayList<>();
  private final List<Figure> figures = new ArrayList<>();
  private String failure;

  Findings(String part, String title) {
    this.part = part;
    this.title = title;
  }

  void check(String name, long expected, long actual) {
    checks.add(new Check(name, Long.toString(expected), Long.toString(actual), expected == actual));
  }

  void figure(String name, String value) {
    figures.add(new Figure(name, value));
  }

  void failed(Throwable cause) {
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace, true));
    failure = trace.toString();
  }

  void write(Path file, double seconds, String html) throws IOException {
    Files.writeString(
        file, JSON.toJson(new Part(part, title, seconds, checks, figures, html, failure)));
  }
}
