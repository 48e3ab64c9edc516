package io.breakwater.iceberg.changes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.BaseFileScanTask;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.PartitionSpecParser;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.avro.Avro;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.ResidualEvaluator;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.mapping.NameMapping;
import org.apache.iceberg.mapping.NameMappingParser;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.spark.SparkUtil;
import org.apache.iceberg.spark.data.SparkParquetReaders;
import org.apache.iceberg.spark.data.SparkPlannedAvroReader;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.PartitionUtil;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Opens data files with some columns of the table in its newest schema, followed by row id, last
 * updated sequence number and position. Deletes are not applied. Rows are reused.
 */
final class ChangedRows {
  private final Table table;
  private final Schema schema;
  private final NameMapping nameMapping;

  ChangedRows(Table table, Schema columns) {
    this.table = table;
    List<NestedField> fields = new ArrayList<>(columns.columns());
    fields.add(MetadataColumns.ROW_ID);
    fields.add(MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER);
    fields.add(MetadataColumns.ROW_POSITION);
    this.schema = new Schema(fields);
    String mapping = table.properties().get(TableProperties.DEFAULT_NAME_MAPPING);
    this.nameMapping = mapping == null ? null : NameMappingParser.fromJson(mapping);
  }

  /** The rows of the slice in the order of their positions, at least those that have an event. */
  CloseableIterable<InternalRow> read(FileSlice slice, RowEvents events) {
    DataFile file = slice.changes().file();
    InputFile input = table.io().newInputFile(file);
    Map<Integer, ?> constants = constants(file);
    return switch (file.format()) {
      case PARQUET -> {
        List<FileSlice> parts =
            slice.mayLeaveOutRowGroups()
                ? RowGroups.holding(slice, input, events.positions())
                : List.of(slice);
        yield CloseableIterable.concat(
            parts.stream().map(part -> parquet(part, input, constants)).toList());
      }
      case AVRO ->
          Avro.read(input)
              .reuseContainers()
              .project(schema)
              .createResolvingReader(
                  readSchema -> SparkPlannedAvroReader.create(readSchema, constants))
              .withNameMapping(nameMapping)
              .build();
      default ->
          throw new UnsupportedOperationException(
              "Cannot read changes of data file %s: format %s"
                  .formatted(file.location(), file.format()));
    };
  }

  private CloseableIterable<InternalRow> parquet(
      FileSlice part, InputFile input, Map<Integer, ?> constants) {
    return Parquet.read(input)
        .reuseContainers()
        .project(schema)
        .split(part.start(), part.length())
        .createReaderFunc(
            fileSchema -> SparkParquetReaders.buildReader(schema, fileSchema, constants))
        .withNameMapping(nameMapping)
        .build();
  }

  private Map<Integer, ?> constants(DataFile file) {
    PartitionSpec spec = table.specs().get(file.specId());
    return PartitionUtil.constantsMap(
        new BaseFileScanTask(
            file,
            new DeleteFile[0],
            SchemaParser.toJson(spec.schema()),
            PartitionSpecParser.toJson(spec),
            ResidualEvaluator.unpartitioned(Expressions.alwaysTrue())),
        SparkUtil::internalToSpark);
  }
}
