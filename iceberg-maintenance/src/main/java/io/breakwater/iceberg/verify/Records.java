package io.breakwater.iceberg.verify;

import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Java records as rows of a Spark data set: one column per component, of the component's name. A
 * component is a String, a boxed or plain number or boolean, a buffer, or a record again.
 * Thread-safe.
 */
final class Records<T extends Record> implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Map<Class<?>, DataType> TYPES =
      Map.of(
          String.class, DataTypes.StringType,
          Long.class, DataTypes.LongType,
          long.class, DataTypes.LongType,
          Integer.class, DataTypes.IntegerType,
          int.class, DataTypes.IntegerType,
          Boolean.class, DataTypes.BooleanType,
          boolean.class, DataTypes.BooleanType,
          ByteBuffer.class, DataTypes.BinaryType);

  private final Class<T> type;
  private transient volatile Shape<T> shape;

  private record Shape<T>(
      List<RecordComponent> components, List<Records<?>> nested, Constructor<T> constructor) {}

  private Records(Class<T> type) {
    this.type = type;
  }

  static <T extends Record> Records<T> of(Class<T> type) {
    return new Records<>(type);
  }

  StructType schema() {
    StructType schema = new StructType();
    for (RecordComponent component : type.getRecordComponents()) {
      Class<?> of = component.getType();
      DataType column = of.isRecord() ? nested(of).schema() : TYPES.get(of);
      schema = schema.add(component.getName(), column, !of.isPrimitive());
    }
    return schema;
  }

  Encoder<Row> encoder() {
    return Encoders.row(schema());
  }

  Row toRow(T item) {
    Shape<T> known = shape();
    Object[] values = new Object[known.components().size()];
    try {
      for (int i = 0; i < values.length; i++) {
        Object value = known.components().get(i).getAccessor().invoke(item);
        Records<?> nested = known.nested().get(i);
        values[i] = nested == null || value == null ? external(value) : nested.toRowOf(value);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + type.getName(), e);
    }
    return RowFactory.create(values);
  }

  T fromRow(Row row) {
    Shape<T> known = shape();
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      Records<?> nested = known.nested().get(i);
      values[i] =
          nested == null || row.isNullAt(i)
              ? internal(row.get(i))
              : nested.fromRow(row.getStruct(i));
    }
    try {
      return known.constructor().newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot create " + type.getName(), e);
    }
  }

  private static Object external(Object value) {
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
    return value;
  }

  private static Object internal(Object value) {
    return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
  }

  private Row toRowOf(Object item) {
    return toRow(type.cast(item));
  }

  private static Records<?> nested(Class<?> type) {
    return new Records<>(type.asSubclass(Record.class));
  }

  private Shape<T> shape() {
    Shape<T> known = shape;
    if (known == null) {
      List<RecordComponent> components = List.of(type.getRecordComponents());
      List<Records<?>> nested = new ArrayList<>();
      for (RecordComponent component : components) {
        nested.add(component.getType().isRecord() ? nested(component.getType()) : null);
      }
      Class<?>[] types = components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new);
      try {
        known = new Shape<>(components, nested, type.getDeclaredConstructor(types));
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException("Cannot create " + type.getName(), e);
      }
      shape = known;
    }
    return known;
  }
}
