package io.breakwater.lineage.events;

import io.openlineage.client.OpenLineage;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.Optional;
import org.apache.spark.scheduler.JobFailed;
import org.apache.spark.scheduler.JobResult;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;

/**
 * Why something failed.
 *
 * @param message what the exception says
 * @param stackTrace its stack trace, cut off where it becomes unreasonable; null if unknown
 */
record Failure(String message, String stackTrace) {

  private static final int MAX_MESSAGE = 8 << 10;
  private static final int MAX_STACK_TRACE = 32 << 10;

  static Optional<Failure> of(SparkListenerSQLExecutionEnd end) {
    if (end.executionFailure() != null && end.executionFailure().isDefined()) {
      return Optional.of(of(end.executionFailure().get()));
    }
    // Spark says the empty string for success.
    String message = end.errorMessage().isDefined() ? end.errorMessage().get() : "";
    return message.isEmpty()
        ? Optional.empty()
        : Optional.of(new Failure(cut(message, MAX_MESSAGE), null));
  }

  static Optional<Failure> of(JobResult result) {
    return result instanceof JobFailed failed
        ? Optional.of(of(failed.exception()))
        : Optional.empty();
  }

  static Failure of(Throwable cause) {
    StringWriter trace = new StringWriter();
    cause.printStackTrace(new PrintWriter(trace));
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new Failure(cut(message, MAX_MESSAGE), cut(trace.toString(), MAX_STACK_TRACE));
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length) + "...";
  }

  /** Adds OpenLineage's facet {@code errorMessage} to the run of {@code event}. */
  void addTo(ObjectNode event) {
    OpenLineage openLineage = new OpenLineage(URI.create(event.path("producer").asText()));
    RunEventTree.putRunFacet(
        event,
        "errorMessage",
        EventJson.facet(openLineage.newErrorMessageRunFacet(message, "JAVA", stackTrace)));
  }
}
