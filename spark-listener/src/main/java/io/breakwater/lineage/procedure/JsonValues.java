package io.breakwater.lineage.procedure;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/** Spark's internal values as what JSON can say: numbers and booleans as such, the rest as text. */
final class JsonValues {

  private final int maxText;

  JsonValues(int maxText) {
    this.maxText = maxText;
  }

  /** The fields of {@code row} that are not null, by name. */
  Map<String, Object> of(InternalRow row, StructType type) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < type.size(); i++) {
      StructField field = type.apply(i);
      if (!row.isNullAt(i)) {
        values.put(field.name(), of(row.get(i, field.dataType()), field.dataType()));
      }
    }
    return values;
  }

  private Object of(Object value, DataType type) {
    if (value == null) {
      return null;
    }
    if (type instanceof BooleanType
        || type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType) {
      return value;
    }
    if (type instanceof DoubleType || type instanceof FloatType) {
      return Double.isFinite(((Number) value).doubleValue()) ? value : value.toString();
    }
    if (type instanceof TimestampType) {
      return Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS).toString();
    }
    if (type instanceof TimestampNTZType) {
      String utc = Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS).toString();
      return utc.substring(0, utc.length() - 1);
    }
    if (type instanceof DateType) {
      return LocalDate.ofEpochDay((Integer) value).toString();
    }
    if (type instanceof StructType struct) {
      return of((InternalRow) value, struct);
    }
    if (type instanceof ArrayType array) {
      return list((ArrayData) value, array.elementType());
    }
    if (type instanceof MapType map) {
      return map((MapData) value, map);
    }
    return text(value.toString());
  }

  private List<Object> list(ArrayData array, DataType type) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < array.numElements(); i++) {
      values.add(array.isNullAt(i) ? null : of(array.get(i, type), type));
    }
    return values;
  }

  private Map<String, Object> map(MapData map, MapType type) {
    List<Object> keys = list(map.keyArray(), type.keyType());
    List<Object> values = list(map.valueArray(), type.valueType());
    Map<String, Object> entries = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      entries.put(String.valueOf(keys.get(i)), values.get(i));
    }
    return entries;
  }

  private String text(String text) {
    return text.length() <= maxText ? text : text.substring(0, maxText) + "...";
  }
}
