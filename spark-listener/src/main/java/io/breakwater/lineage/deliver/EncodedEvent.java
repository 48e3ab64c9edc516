package io.breakwater.lineage.deliver;

import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonParser;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonToken;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * An event as spooled: the JSON that OpenLineage's own transports would send, in UTF-8, without a
 * line break. It is an object of OpenLineage's classes only for the transports that ask for one,
 * because to read and write it again costs more than to send it. Used by one thread.
 */
public final class EncodedEvent {

  private static final ObjectMapper MAPPER = OpenLineageClientUtils.newObjectMapper();

  /** What an event is about. It follows from the property that only this kind has. */
  private enum Kind {
    RUN,
    DATASET,
    JOB
  }

  private final byte[] json;
  private final Kind kind;
  private OpenLineage.BaseEvent decoded;

  private EncodedEvent(byte[] json, Kind kind) {
    this.json = json;
    this.kind = kind;
  }

  /**
   * An event of these bytes, which are not copied.
   *
   * @throws IOException if they are no JSON, or none that is an event
   */
  public static EncodedEvent of(byte[] json) throws IOException {
    Kind kind = null;
    try (JsonParser parser = MAPPER.getFactory().createParser(json)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          kind = kind(parser.currentName(), kind);
          parser.nextToken();
          parser.skipChildren();
        }
      }
    }
    if (kind == null) {
      throw new IOException("Cannot read an event: none of run, dataset and job is in it");
    }
    return new EncodedEvent(json, kind);
  }

  private static Kind kind(String property, Kind known) {
    return switch (property) {
      case "run" -> Kind.RUN;
      case "dataset" -> known == Kind.RUN ? known : Kind.DATASET;
      case "job" -> known == null ? Kind.JOB : known;
      default -> known;
    };
  }

  /** As spooled; not to be changed. */
  public byte[] json() {
    return json;
  }

  String text() {
    return new String(json, StandardCharsets.UTF_8);
  }

  /**
   * As an object of OpenLineage's classes.
   *
   * @throws EventRefusedException if they cannot hold it
   */
  public OpenLineage.BaseEvent decoded() throws EventRefusedException {
    if (decoded == null) {
      try {
        decoded =
            switch (kind) {
              case RUN -> IcebergReports.decode(MAPPER, MAPPER.readTree(json));
              case DATASET -> MAPPER.readValue(json, OpenLineage.DatasetEvent.class);
              case JOB -> MAPPER.readValue(json, OpenLineage.JobEvent.class);
            };
      } catch (IOException e) {
        throw new EventRefusedException("Cannot read an event: " + e.getMessage(), e);
      }
    }
    return decoded;
  }
}
