package io.breakwater.lineage.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The graph that events draw: jobs, and the datasets that their runs read and write. */
final class LineageGraph {

  private static final int BOX_WIDTH = 300;
  private static final int BOX_HEIGHT = 40;
  private static final int COLUMN_GAP = 90;
  private static final int ROW_GAP = 18;
  private static final int MARGIN = 12;

  /** A box: its kind, and the name that the events give it. */
  record Node(String kind, String name) {}

  record Edge(Node from, Node to) {}

  private final Set<Node> nodes = new LinkedHashSet<>();
  private final Set<Edge> edges = new LinkedHashSet<>();

  LineageGraph(List<JsonNode> events) {
    for (JsonNode event : events) {
      Node job = new Node("job", event.at("/job/name").asText());
      event.path("inputs").forEach(input -> connect(dataset(input), job));
      event.path("outputs").forEach(output -> connect(job, dataset(output)));
    }
  }

  Set<Edge> edges() {
    return edges;
  }

  /** Whether one job reads a dataset that ends with {@code input} and writes {@code output}. */
  boolean leads(String input, String output) {
    return edges.stream()
        .filter(read -> read.from().name().endsWith(input))
        .anyMatch(
            read ->
                edges.stream()
                    .anyMatch(
                        write ->
                            write.from().equals(read.to()) && write.to().name().endsWith(output)));
  }

  Set<Node> jobs() {
    Set<Node> jobs = new LinkedHashSet<>(nodes);
    jobs.removeIf(node -> !node.kind().equals("job"));
    return jobs;
  }

  private static Node dataset(JsonNode dataset) {
    return new Node(
        "dataset", dataset.get("namespace").asText() + " " + dataset.get("name").asText());
  }

  private void connect(Node from, Node to) {
    nodes.add(from);
    nodes.add(to);
    edges.add(new Edge(from, to));
  }

  /** The graph from left to right: what is read, jobs, what is written. */
  String toSvg() {
    List<List<Node>> columns = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Node node : nodes) {
      boolean written = edges.stream().anyMatch(edge -> edge.to().equals(node));
      columns.get(node.kind().equals("job") ? 1 : written ? 2 : 0).add(node);
    }
    Map<Node, int[]> places = new LinkedHashMap<>();
    int rows = 0;
    for (int column = 0; column < columns.size(); column++) {
      List<Node> boxes = columns.get(column);
      rows = Math.max(rows, boxes.size());
      for (int row = 0; row < boxes.size(); row++) {
        places.put(
            boxes.get(row),
            new int[] {
              MARGIN + column * (BOX_WIDTH + COLUMN_GAP), MARGIN + row * (BOX_HEIGHT + ROW_GAP)
            });
      }
    }
    int width = 2 * MARGIN + 3 * BOX_WIDTH + 2 * COLUMN_GAP;
    int height = 2 * MARGIN + rows * (BOX_HEIGHT + ROW_GAP);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " style=\"max-width:100%%;font:12px sans-serif\"><defs><marker"
                + " id=\"lineage-arrow\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\""
                + " markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path"
                + " d=\"M0 0L10 5L0 10z\" fill=\"#667\"/></marker></defs>",
            width, height));
    for (Edge edge : edges) {
      appendEdge(svg, places.get(edge.from()), places.get(edge.to()));
    }
    places.forEach((node, place) -> appendBox(svg, node, place));
    return svg.append("</svg>").toString();
  }

  private static void appendEdge(StringBuilder svg, int[] from, int[] to) {
    int x1 = from[0] + BOX_WIDTH;
    int y1 = from[1] + BOX_HEIGHT / 2;
    int y2 = to[1] + BOX_HEIGHT / 2;
    int middle = (x1 + to[0]) / 2;
    svg.append(
        String.format(
            "<path d=\"M%d %dC%d %d %d %d %d %d\" fill=\"none\" stroke=\"#667\""
                + " marker-end=\"url(#lineage-arrow)\"/>",
            x1, y1, middle, y1, middle, y2, to[0], y2));
  }

  private static void appendBox(StringBuilder svg, Node node, int[] place) {
    boolean job = node.kind().equals("job");
    svg.append(
        String.format(
            "<g><title>%s %s</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\""
                + " fill=\"%s\" stroke=\"#667\"/><text x=\"%d\" y=\"%d\""
                + " text-anchor=\"middle\" dominant-baseline=\"middle\""
                + " fill=\"#112\">%s</text></g>",
            node.kind(),
            escape(node.name()),
            place[0],
            place[1],
            BOX_WIDTH,
            BOX_HEIGHT,
            job ? BOX_HEIGHT / 2 : 4,
            job ? "#dbeafe" : "#e7f5e8",
            place[0] + BOX_WIDTH / 2,
            place[1] + BOX_HEIGHT / 2,
            escape(shorten(node.name()))));
  }

  private static String shorten(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    return last.length() <= 46 ? last : last.substring(0, 45) + "\u2026";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
