package io.breakwater.iceberg.procedure;

import org.apache.spark.sql.connector.iceberg.catalog.ProcedureParameter;
import org.apache.spark.sql.types.DataType;

/**
 * One argument of a procedure.
 *
 * @param name its name in {@code name => value}
 * @param type its SQL type
 * @param required whether the call must give it
 * @param defaultText what counts if it is not given, for people; null if it is required
 * @param doc what it means
 */
public record Argument(
    String name, DataType type, boolean required, String defaultText, String doc) {

  ProcedureParameter toParameter() {
    return required
        ? ProcedureParameter.required(name, type)
        : ProcedureParameter.optional(name, type);
  }
}
