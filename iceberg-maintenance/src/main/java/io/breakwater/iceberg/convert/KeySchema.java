package io.breakwater.iceberg.convert;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/** The columns that equality deletes compare, found by field id as the specification wants. */
final class KeySchema {
  private static final UDF1<Float, Integer> FLOAT_BITS =
      value -> value == null ? null : Integer.valueOf(Float.floatToIntBits(value));
  private static final UDF1<Double, Long> DOUBLE_BITS =
      value -> value == null ? null : Long.valueOf(Double.doubleToLongBits(value));

  private KeySchema() {}

  /**
   * The table itself, or if columns of these ids were dropped, one to read from that has them
   * again, under other names.
   *
   * @throws IllegalArgumentException if no schema of the table has such a column
   */
  static Table readable(Table table, Collection<Integer> fieldIds) {
    List<Types.NestedField> dropped = new ArrayList<>();
    for (int id : new TreeSet<>(fieldIds)) {
      if (table.schema().findField(id) == null) {
        dropped.add(lastKnown(table, id));
      }
    }
    if (dropped.isEmpty()) {
      return table;
    }
    List<Types.NestedField> columns = new ArrayList<>(table.schema().columns());
    columns.addAll(dropped);
    TableMetadata current = ((HasTableOperations) table).operations().current();
    TableMetadata wider = current.updateSchema(new Schema(columns));
    return new BaseTable(new StaticTableOperations(wider, table.io()), table.name());
  }

  /** The values to compare, in the order of the ids; a leaf of a NULL struct is NULL. */
  static List<Column> columns(Schema schema, Set<Integer> fieldIds) {
    return new TreeSet<>(fieldIds).stream().map(id -> value(schema, id)).toList();
  }

  private static Column value(Schema schema, int id) {
    Type type = schema.findType(id);
    StringBuilder path = new StringBuilder();
    Map<Integer, Integer> parents = TypeUtil.indexParents(schema.asStruct());
    for (Integer at = id; at != null; at = parents.get(at)) {
      Types.NestedField field = schema.findField(at);
      if (at == id ? !type.isPrimitiveType() : !field.type().isStructType()) {
        throw new IllegalArgumentException(
            "Cannot compare column %s of an equality delete: it is %s, must be of a primitive type and"
                    .formatted(schema.findColumnName(id), type)
                + " not in a list or map");
      }
      path.insert(0, "`" + field.name().replace("`", "``") + "`" + (path.isEmpty() ? "" : "."));
    }
    Column value = col(path.toString());
    // Spark's own comparison takes 0.0 and -0.0 for equal, Iceberg's does not.
    return switch (type.typeId()) {
      case FLOAT -> udf(FLOAT_BITS, DataTypes.IntegerType).apply(value);
      case DOUBLE -> udf(DOUBLE_BITS, DataTypes.LongType).apply(value);
      default -> value;
    };
  }

  private static Types.NestedField lastKnown(Table table, int id) {
    Types.NestedField known = null;
    for (int schemaId : new TreeSet<>(table.schemas().keySet())) {
      Types.NestedField field = table.schemas().get(schemaId).asStruct().field(id);
      known = field == null ? known : field;
    }
    if (known == null) {
      throw new IllegalArgumentException(
          "Cannot convert equality deletes of %s: they compare the column with field id %d, which is"
                  .formatted(table.name(), id)
              + " a top-level column of no schema of the table; rewrite_data_files is no way out,"
              + " remove the delete files that name it");
    }
    return Types.NestedField.from(known).asOptional().withName("dropped_column_" + id).build();
  }
}
