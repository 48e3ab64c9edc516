package io.breakwater.iceberg.procedure;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayBasedMapData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * One column of a procedure's result.
 *
 * @param name its name
 * @param type its SQL type
 * @param doc what it says, with its unit
 * @param value the value of a row; null is SQL's NULL
 */
public record Column<R>(String name, DataType type, String doc, Function<R, Object> value) {

  static StructType schema(List<? extends Column<?>> columns) {
    StructType schema = new StructType();
    for (Column<?> column : columns) {
      schema = schema.add(column.name(), column.type(), true);
    }
    return schema;
  }

  static <R> InternalRow[] rows(List<Column<R>> columns, List<R> rows) {
    return rows.stream()
        .map(row -> columns.stream().map(column -> internal(column.value().apply(row))).toArray())
        .map(GenericInternalRow::new)
        .toArray(InternalRow[]::new);
  }

  private static Object internal(Object value) {
    if (value instanceof String text) {
      return UTF8String.fromString(text);
    }
    if (value instanceof Map<?, ?> map) {
      return new ArrayBasedMapData(
          new GenericArrayData(map.keySet().stream().map(Column::internal).toArray()),
          new GenericArrayData(map.values().stream().map(Column::internal).toArray()));
    }
    return value;
  }
}
