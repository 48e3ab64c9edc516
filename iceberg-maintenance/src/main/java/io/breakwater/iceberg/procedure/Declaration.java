package io.breakwater.iceberg.procedure;

import io.breakwater.iceberg.plan.Option;
import java.util.List;

/**
 * What a procedure is called, takes and returns: for Spark, which resolves calls by it, and for the
 * reference page.
 *
 * @param name the name after {@code system.}
 * @param goal what somebody wants who calls it, completing "You want to ..."
 * @param description what the procedure does, in one sentence
 * @param arguments in the order of a positional call
 * @param columns of the result
 * @param options the keys of the {@code options} argument, in the order of the documentation
 * @param <R> what one row of the result is made of
 */
public record Declaration<R>(
    String name,
    String goal,
    String description,
    List<Argument> arguments,
    List<Column<R>> columns,
    List<Option<?>> options) {}
