package io.breakwater.iceberg.compact;

import static io.breakwater.results.Figures.number;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.results.Figures;
import io.breakwater.results.MarkdownTable;
import io.breakwater.results.Prose;
import io.breakwater.results.Results;
import io.breakwater.results.Rows;
import io.breakwater.results.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@link MergeWorkload} found. */
public final class MergeWorkloadSection implements Section {

  private static final String CHART = "merge-workload.svg";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String markdown(Results results) {
    Results.Measured measured = results.read("merge-workload.json");
    Results.Measured smaller = results.read("merge-workload-1m.json");
    Rows hours = measured.rows("hours");
    Rows last = hours.where("hour", number(hours.most("hour"), 0));
    MarkdownTable table = new MarkdownTable("", "nothing", "stock", "ours", "ours / stock", "bar");
    double written = ratio(measured, "/bars/bytesRewritten");
    table.row(
        "written by maintenance, MB",
        bar(measured, "/bars/bytesRewritten/NONE", 1e6),
        bar(measured, "/bars/bytesRewritten/STOCK", 1e6),
        bar(measured, "/bars/bytesRewritten/OURS", 1e6),
        number(written, 3),
        Figures.atMost(written, 0.3));
    double scan = ratio(measured, "/bars/lastScanMillis");
    table.row(
        "full scan after the last hour, median in turns, ms",
        bar(measured, "/bars/lastScanMillis/NONE", 1),
        bar(measured, "/bars/lastScanMillis/STOCK", 1),
        bar(measured, "/bars/lastScanMillis/OURS", 1),
        number(scan, 2),
        Figures.atMost(scan, 1.1));
    for (String[] time :
        new String[][] {
          {"time of all maintenance, s", "/bars/maintenanceMillis"},
          {"time of all merges, s", "/bars/mergeMillis"}
        }) {
      table.row(
          time[0],
          bar(measured, time[1] + "/NONE", 1e3),
          bar(measured, time[1] + "/STOCK", 1e3),
          bar(measured, time[1] + "/OURS", 1e3),
          number(ratio(measured, time[1]), 2),
          "");
    }
    table.row(
        "live data files + Puffin files at the end",
        files(last, Arm.NONE),
        files(last, Arm.STOCK),
        files(last, Arm.OURS),
        "",
        "");
    table.row(
        "bytes on disk, nothing expired, MB",
        onDisk(last, Arm.NONE),
        onDisk(last, Arm.STOCK),
        onDisk(last, Arm.OURS),
        number(
            arm(last, Arm.OURS).most("bytesOnDisk") / arm(last, Arm.STOCK).most("bytesOnDisk"), 2),
        "");
    return Prose.of(
        MergeWorkload.class,
        Map.of(
            "run", measured.conditions(),
            "table", table.toString(),
            "chart", CHART,
            "rows", number(measured.at("/rows"), 0),
            "changes", number(measured.at("/changesPerHour"), 0),
            "hours", number(hours.most("hour"), 0),
            "smallerRun", smaller.circumstances(),
            "smallerRows", number(smaller.at("/rows"), 0),
            "smallerScan", number(ratio(smaller, "/bars/lastScanMillis"), 2),
            "smallerBytes", number(ratio(smaller, "/bars/bytesRewritten"), 3)));
  }

  @Override
  public Map<String, String> charts(Results results) {
    List<MergeWorkload.Hour> hours = new ArrayList<>();
    for (JsonNode hour : results.read("merge-workload.json").rows("hours").all()) {
      hours.add(JSON.convertValue(hour, MergeWorkload.Hour.class));
    }
    return Map.of(CHART, HourlyCharts.draw(hours));
  }

  private static double ratio(Results.Measured measured, String at) {
    return measured.at(at + "/OURS") / measured.at(at + "/STOCK");
  }

  private static String bar(Results.Measured measured, String at, double unit) {
    return number(measured.at(at) / unit, 0);
  }

  private static Rows arm(Rows hours, Arm arm) {
    return hours.where("arm", arm.name());
  }

  private static String files(Rows hours, Arm arm) {
    Rows its = arm(hours, arm);
    return number(its.most("liveDataFiles"), 0) + " + " + number(its.most("livePuffins"), 0);
  }

  private static String onDisk(Rows hours, Arm arm) {
    return number(arm(hours, arm).most("bytesOnDisk") / 1e6, 0);
  }
}
