package io.breakwater.results;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;

/**
 * Rows of a file of results.
 *
 * @param all in the order of the file
 */
public record Rows(List<JsonNode> all) {

  /** The elements of {@code array}; none if it is not one. */
  public static Rows of(JsonNode array) {
    return new Rows(StreamSupport.stream(array.spliterator(), false).toList());
  }

  /** Those whose {@code field} reads {@code value}. */
  public Rows where(String field, Object value) {
    return new Rows(
        all.stream().filter(row -> row.path(field).asText().equals(value.toString())).toList());
  }

  /** The different values of {@code field}, in the order of the file. */
  public List<String> values(String field) {
    return all.stream().map(row -> row.path(field).asText()).distinct().toList();
  }

  /** NaN if there is no row with it. */
  public double median(String field) {
    return median(numbers(field));
  }

  /** NaN if there is no row with it. */
  public double least(String field) {
    return DoubleStream.of(numbers(field)).min().orElse(Double.NaN);
  }

  /** NaN if there is no row with it. */
  public double most(String field) {
    return DoubleStream.of(numbers(field)).max().orElse(Double.NaN);
  }

  /** Of all rows. */
  public double sum(String field) {
    return DoubleStream.of(numbers(field)).sum();
  }

  /** The text of {@code field} in the first row. */
  public String text(String field) {
    return all.get(0).path(field).asText();
  }

  private double[] numbers(String field) {
    return all.stream()
        .map(row -> row.get(field))
        .filter(Objects::nonNull)
        .filter(JsonNode::isNumber)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  /** Of two in the middle their mean; NaN if there is none. */
  public static double median(double... values) {
    double[] sorted = DoubleStream.of(values).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  @Override
  public String toString() {
    return all.stream().map(JsonNode::toString).collect(Collectors.joining("\n"));
  }
}
