package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogCorruptException;
import io.breakwater.wal.log.LogVersionException;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the catalog knows of a log. Stored as lines of UTF-8 text, each {@code name=value} with the
 * value form-encoded (so that it has no line break), behind the line {@code breakwater-log 1}:
 *
 * <pre>
 * id=UUID
 * home=path of the directory in which the log was created
 * state=OPEN | RECOVERING | SEALED
 * length=final length in bytes, once SEALED
 * created=milliseconds since the epoch
 * modified=milliseconds since the epoch
 * write=UUID, another one at each write: tells one's own write from another's
 * ledger=LEDGER@START, in order, one line for each segment
 * attribute.NAME=VALUE
 * end
 * </pre>
 *
 * @param state RECOVERING: no ledger can be added any more; SEALED: the length is final
 * @param length the final length; 0 unless sealed
 * @param segments the ledgers in order
 * @param attributes what belongs to the log's encryption
 */
record LogRecord(
    UUID id,
    String home,
    State state,
    long length,
    long created,
    long modified,
    UUID write,
    List<Segment> segments,
    Map<String, String> attributes) {

  private static final String HEADER = "breakwater-log 1";
  private static final String END = "end";

  enum State {
    OPEN,
    RECOVERING,
    SEALED
  }

  /** One ledger of a log, and where in the log its first byte stands. */
  record Segment(long ledger, long start) {}

  LogRecord {
    segments = List.copyOf(segments);
    attributes = Map.copyOf(attributes);
  }

  static LogRecord open(
      UUID id, String home, long now, Segment first, Map<String, String> attributes) {
    return new LogRecord(
        id, home, State.OPEN, 0, now, now, UUID.randomUUID(), List.of(first), attributes);
  }

  boolean sealed() {
    return state == State.SEALED;
  }

  Segment last() {
    return segments.get(segments.size() - 1);
  }

  LogRecord withSegment(Segment segment) {
    List<Segment> more = new ArrayList<>(segments);
    more.add(segment);
    return with(state, length, modified, more);
  }

  /** With the last segment replaced by one that starts at the same place. */
  LogRecord withLastReplaced(Segment segment) {
    List<Segment> others = new ArrayList<>(segments.subList(0, segments.size() - 1));
    others.add(segment);
    return with(state, length, modified, others);
  }

  LogRecord recovering() {
    return with(State.RECOVERING, length, modified, segments);
  }

  LogRecord sealedAt(long finalLength, long now) {
    return with(State.SEALED, finalLength, now, segments);
  }

  LogRecord modifiedAt(long millis) {
    return with(state, length, millis, segments);
  }

  private LogRecord with(State newState, long newLength, long millis, List<Segment> ledgers) {
    return new LogRecord(
        id, home, newState, newLength, created, millis, UUID.randomUUID(), ledgers, attributes);
  }

  byte[] encode() {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    line(text, "id", id);
    line(text, "home", home);
    line(text, "state", state);
    line(text, "length", length);
    line(text, "created", created);
    line(text, "modified", modified);
    line(text, "write", write);
    segments.forEach(s -> line(text, "ledger", s.ledger() + "@" + s.start()));
    new TreeMap<>(attributes).forEach((name, value) -> line(text, "attribute." + name, value));
    return text.append(END).append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void line(StringBuilder text, String name, Object value) {
    text.append(name)
        .append('=')
        .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8))
        .append('\n');
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param place where it was read, for the message
   * @throws LogVersionException if a later plugin has written it
   * @throws LogCorruptException if it is anything else, or not whole
   */
  static LogRecord decode(byte[] bytes, String place) throws IOException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    LogVersionException.requireKnown("read the record of a log", place, text, HEADER);
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(HEADER)
        || lines.length < 3
        || !lines[lines.length - 1].isEmpty()
        || !lines[lines.length - 2].equals(END)) {
      throw damaged(place, "it begins with '" + lines[0] + "' or is cut off", null);
    }
    Map<String, String> values = new TreeMap<>();
    Map<String, String> attributes = new TreeMap<>();
    List<Segment> segments = new ArrayList<>();
    try {
      for (String line : List.of(lines).subList(1, lines.length - 2)) {
        String name = line.substring(0, line.indexOf('='));
        String value = URLDecoder.decode(line.substring(name.length() + 1), StandardCharsets.UTF_8);
        if (name.equals("ledger")) {
          int at = value.indexOf('@');
          segments.add(
              new Segment(
                  Long.parseLong(value.substring(0, at)), Long.parseLong(value.substring(at + 1))));
        } else if (name.startsWith("attribute.")) {
          attributes.put(name.substring("attribute.".length()), value);
        } else {
          values.put(name, value);
        }
      }
      if (segments.isEmpty()) {
        throw damaged(place, "it names no ledger", null);
      }
      return new LogRecord(
          UUID.fromString(values.get("id")),
          values.get("home"),
          State.valueOf(values.get("state")),
          Long.parseLong(values.get("length")),
          Long.parseLong(values.get("created")),
          Long.parseLong(values.get("modified")),
          UUID.fromString(values.get("write")),
          segments,
          attributes);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NullPointerException e) {
      throw damaged(place, e.toString(), e);
    }
  }

  private static LogCorruptException damaged(String place, String reason, Throwable cause) {
    LogCorruptException e =
        new LogCorruptException(
            "Cannot read the record of a log: "
                + place
                + " in ZooKeeper is no '"
                + HEADER
                + "': "
                + reason);
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }
}
