package io.breakwater.lineage.view;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A model as the page reads it. What many runs and versions share is written once and named by its
 * place; a place that is missing is -1; times are milliseconds since 1970.
 *
 * <pre>
 * {generated, source, events, notices: [text],
 *  transformations: [[type, subtype, description, masking]],
 *  schemas: [[[name, type]]],
 *  columns: [[[output column, or "" for all, input dataset, input column, [transformation]]]],
 *  details: [[path, value]],
 *  datasets: [{ns, name, aliases, schema, text}],
 *  jobs: [{ns, name, type, processing, integration, sql, text, olderRuns, olderVersions,
 *    versions: [{first, last, runs, inputs: [[dataset, schema]], outputs: [[dataset, schema, columns]]}],
 *    runs: [{id, status, start, end, last, version, parent, parentJob: [ns, name], rows, bytes,
 *            error, stack, details: [detail]}]}]}
 * </pre>
 */
final class ModelJson {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final LineageModel model;
  private final Map<DatasetId, Integer> datasets = new HashMap<>();
  private final Map<Transformation, Integer> transformations = new LinkedHashMap<>();
  private final Map<List<SchemaField>, Integer> schemas = new LinkedHashMap<>();
  private final Map<List<ColumnEdge>, Integer> columns = new LinkedHashMap<>();
  private final Map<Map.Entry<String, String>, Integer> details = new LinkedHashMap<>();

  private ModelJson(LineageModel model) {
    this.model = model;
  }

  /**
   * The JSON of {@code model}.
   *
   * @param source where the events come from, for the reader
   */
  static String of(LineageModel model, String source, Instant generated) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      new ModelJson(model).write(json, source, generated);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a model to memory", e);
    }
    return text.toString();
  }

  private void write(JsonGenerator json, String source, Instant generated) throws IOException {
    for (LineageDataset dataset : model.datasets()) {
      datasets.put(dataset.id(), datasets.size());
    }
    json.writeStartObject();
    json.writeNumberField("generated", generated.toEpochMilli());
    json.writeStringField("source", source);
    json.writeNumberField("events", model.events());
    writeTexts(json, "notices", model.notices());
    json.writeArrayFieldStart("datasets");
    for (LineageDataset dataset : model.datasets()) {
      writeDataset(json, dataset);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("jobs");
    for (LineageJob job : model.jobs()) {
      writeJob(json, job);
    }
    json.writeEndArray();
    writeShared(json);
    json.writeEndObject();
  }

  private void writeDataset(JsonGenerator json, LineageDataset dataset) throws IOException {
    json.writeStartObject();
    json.writeStringField("ns", dataset.id().namespace());
    json.writeStringField("name", dataset.id().name());
    writeTexts(json, "aliases", dataset.aliases());
    json.writeNumberField("schema", schema(dataset.schema()));
    json.writeStringField("text", dataset.description());
    json.writeEndObject();
  }

  private void writeJob(JsonGenerator json, LineageJob job) throws IOException {
    json.writeStartObject();
    json.writeStringField("ns", job.id().namespace());
    json.writeStringField("name", job.id().name());
    json.writeStringField("type", job.type());
    json.writeStringField("processing", job.processing());
    json.writeStringField("integration", job.integration());
    json.writeStringField("sql", job.sql());
    json.writeStringField("text", job.description());
    json.writeNumberField("olderRuns", job.olderRuns());
    json.writeNumberField("olderVersions", job.olderVersions());
    json.writeArrayFieldStart("versions");
    for (JobVersion version : job.versions()) {
      writeVersion(json, version);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("runs");
    for (LineageRun run : job.runs()) {
      writeRun(json, run);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeVersion(JsonGenerator json, JobVersion version) throws IOException {
    json.writeStartObject();
    json.writeNumberField("first", version.first().toEpochMilli());
    json.writeNumberField("last", version.last().toEpochMilli());
    json.writeNumberField("runs", version.runs());
    json.writeArrayFieldStart("inputs");
    for (DatasetShape input : version.shape().inputs()) {
      writePlaces(json, datasets.get(input.dataset()), schema(input.schema()));
    }
    json.writeEndArray();
    json.writeArrayFieldStart("outputs");
    for (DatasetShape output : version.shape().outputs()) {
      writePlaces(
          json, datasets.get(output.dataset()), schema(output.schema()), columns(output.columns()));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeRun(JsonGenerator json, LineageRun run) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", run.id());
    json.writeStringField("status", run.status().name());
    json.writeNumberField("start", run.started().toEpochMilli());
    Optional<Instant> end = run.ended();
    if (end.isPresent()) {
      json.writeNumberField("end", end.get().toEpochMilli());
    }
    json.writeNumberField("last", run.lastEvent().toEpochMilli());
    writeNumber(json, "version", run.version());
    Optional<LineageRun.ParentRun> parent = run.parent();
    if (parent.isPresent()) {
      json.writeStringField("parent", parent.get().run());
      writeTexts(
          json, "parentJob", List.of(parent.get().job().namespace(), parent.get().job().name()));
    }
    writeNumber(json, "rows", run.rows());
    writeNumber(json, "bytes", run.bytes());
    if (!run.error().isEmpty()) {
      json.writeStringField("error", run.error());
      json.writeStringField("stack", run.stack());
    }
    json.writeFieldName("details");
    json.writeStartArray();
    for (Map.Entry<String, String> detail : run.details().entrySet()) {
      json.writeNumber(place(details, Map.entry(detail.getKey(), detail.getValue())));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeShared(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("schemas");
    for (List<SchemaField> schema : schemas.keySet()) {
      json.writeStartArray();
      for (SchemaField field : schema) {
        json.writeStartArray();
        json.writeString(field.name());
        json.writeString(field.type());
        json.writeEndArray();
      }
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("columns");
    for (List<ColumnEdge> edges : columns.keySet()) {
      json.writeStartArray();
      for (ColumnEdge edge : edges) {
        writeEdge(json, edge);
      }
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("transformations");
    for (Transformation transformation : transformations.keySet()) {
      json.writeStartArray();
      json.writeString(transformation.type());
      json.writeString(transformation.subtype());
      json.writeString(transformation.description());
      json.writeBoolean(transformation.masking());
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("details");
    for (Map.Entry<String, String> detail : details.keySet()) {
      json.writeStartArray();
      json.writeString(detail.getKey());
      json.writeString(detail.getValue());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void writeEdge(JsonGenerator json, ColumnEdge edge) throws IOException {
    json.writeStartArray();
    json.writeString(edge.output());
    json.writeNumber(datasets.get(edge.input()));
    json.writeString(edge.inputField());
    json.writeStartArray();
    for (Transformation transformation : edge.transformations()) {
      json.writeNumber(place(transformations, transformation));
    }
    json.writeEndArray();
    json.writeEndArray();
  }

  private int schema(List<SchemaField> schema) {
    return schema.isEmpty() ? -1 : place(schemas, schema);
  }

  private int columns(List<ColumnEdge> edges) {
    return edges.isEmpty() ? -1 : place(columns, edges);
  }

  private static <T> int place(Map<T, Integer> places, T value) {
    Integer place = places.putIfAbsent(value, places.size());
    return place == null ? places.size() - 1 : place;
  }

  private static void writePlaces(JsonGenerator json, int... places) throws IOException {
    json.writeArray(places, 0, places.length);
  }

  private static void writeTexts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private static void writeNumber(JsonGenerator json, String name, OptionalInt value)
      throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsInt());
    }
  }

  private static void writeNumber(JsonGenerator json, String name, OptionalLong value)
      throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsLong());
    }
  }
}
