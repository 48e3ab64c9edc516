package io.breakwater.iceberg.procedure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every argument of every procedure, in real calls: it may be left out or not as the reference
 * says, takes what is on its bounds, and what is beyond is refused by name.
 */
class EveryArgumentTest {

  private static LocalSpark spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
    spark.createTable("lake.db.t", 10, 1, "PARTITIONED BY (part)");
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  /** One argument of one procedure. */
  record Key(String procedure, Argument argument) {

    @Override
    public String toString() {
      return procedure + " " + argument.name();
    }
  }

  /**
   * A value in SQL and what the answer to it says; nothing if it is taken.
   *
   * @param more other arguments that it needs
   */
  record Value(String sql, String error, Map<String, String> more) {

    static Value taken(String sql) {
      return new Value(sql, null, Map.of());
    }

    static Value refused(String sql, String error) {
      return new Value(sql, error, Map.of());
    }

    Value with(String name, String value) {
      return new Value(sql, error, Map.of(name, value));
    }
  }

  static Stream<Key> keys() {
    return Procedures.names().stream()
        .flatMap(
            name ->
                Procedures.load(name, null, null).declaration().arguments().stream()
                    .map(argument -> new Key(name, argument)));
  }

  static Stream<Key> requiredKeys() {
    return keys().filter(key -> key.argument().required());
  }

  static Stream<String> procedures() {
    return Procedures.names().stream();
  }

  @ParameterizedTest
  @MethodSource("procedures")
  void optionalArguments_mayAllBeLeftOut(String procedure) {
    assertThat(spark.sql(call(procedure, needed(procedure)))).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void argument_isTakenWithinItsBounds_andRefusedByNameBeyond(Key key) {
    List<Value> values = values(key);

    assertThat(values).anyMatch(value -> value.error() == null);
    assertThat(values).anyMatch(value -> value.error() != null);
    for (Value value : values) {
      Map<String, String> arguments = needed(key.procedure());
      arguments.putAll(value.more());
      arguments.put(key.argument().name(), value.sql());
      if (value.error() == null) {
        assertThat(spark.sql(call(key.procedure(), arguments))).isNotEmpty();
      } else {
        assertThatThrownBy(() -> spark.sql(call(key.procedure(), arguments)))
            .as("%s => %s", key, value.sql())
            .hasMessageContaining(value.error());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("requiredKeys")
  void requiredArgument_thatIsLeftOut_isMissedByName(Key key) {
    String name = key.argument().name();
    Map<String, String> arguments = needed(key.procedure());
    arguments.remove(name);

    assertThatThrownBy(() -> spark.sql(call(key.procedure(), arguments)))
        .hasMessageContaining("argument " + name + " is missing, add " + name + " => ...");
  }

  /** What each call here has: nothing is to be changed. */
  private static Map<String, String> needed(String procedure) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (Argument argument : Procedures.load(procedure, null, null).declaration().arguments()) {
      if (argument.name().equals("table")) {
        arguments.put("table", "'db.t'");
      } else if (argument.name().equals("dry_run")) {
        arguments.put("dry_run", "true");
      } else if (argument.required()) {
        arguments.put(argument.name(), "'id = 1'");
      }
    }
    return arguments;
  }

  private static String call(String procedure, Map<String, String> arguments) {
    return arguments.entrySet().stream()
        .map(argument -> argument.getKey() + " => " + argument.getValue())
        .collect(Collectors.joining(", ", "CALL lake.system." + procedure + "(", ")"));
  }

  /** A name that nobody has thought of here fails. */
  private static List<Value> values(Key key) {
    String name = key.argument().name();
    if (key.argument().type().equals(DataTypes.BooleanType)) {
      Value yes =
          name.equals("advance_bookmark")
              ? Value.refused("true", "Invalid advance_bookmark: true, must come with bookmark")
              : Value.taken("true");
      return List.of(
          yes, Value.taken("false"), Value.refused("'yes'", "Wrong arg type for " + name));
    }
    return switch (name) {
      case "table" ->
          List.of(
              Value.taken("'lake.db.t'"),
              Value.refused("''", "Invalid table: '', must be the name of a table"),
              Value.refused("'db.none'", "Cannot load table db.none in catalog lake"));
      case "options" ->
          List.of(
              Value.taken("map()"),
              Value.refused("map('colour', 'red')", "Cannot use options [colour]: unknown"),
              Value.refused("'red'", "Wrong arg type for options"));
      case "where" ->
          List.of(
              Value.taken("'part = 1'"),
              Value.refused("'part = '", "Invalid where: part =, must be a predicate"),
              Value.refused("'colour = 1'", "Invalid where: colour = 1, must be a predicate"));
      case "max_bytes" ->
          List.of(
              Value.taken("1"),
              Value.taken("9223372036854775807"),
              Value.refused("0", "Invalid max_bytes: 0, must be a whole number from 1 to 92233"),
              Value.refused("'1g'", "Wrong arg type for max_bytes"));
      case "max_minutes" ->
          List.of(
              Value.taken("1"),
              Value.taken("525600"),
              Value.refused("0", "Invalid max_minutes: 0, must be a whole number from 1 to 525600"),
              Value.refused("525601", "Invalid max_minutes: 525601, must be a whole number from 1"),
              Value.refused("'1h'", "Wrong arg type for max_minutes"));
      case "start_snapshot_id" ->
          List.of(
              Value.taken(String.valueOf(snapshot())),
              Value.refused("7", "Cannot show changes of lake.db.t: start snapshot 7 is not in"),
              Value.refused("'first'", "Wrong arg type for start_snapshot_id"));
      case "end_snapshot_id" ->
          List.of(
              Value.taken(String.valueOf(snapshot())),
              Value.refused("7", "Cannot show changes of lake.db.t: end snapshot 7 is not in"),
              Value.refused("'last'", "Wrong arg type for end_snapshot_id"));
      case "start_timestamp" ->
          List.of(
              Value.taken("TIMESTAMP '2200-01-01 00:00:00'"),
              Value.refused("TIMESTAMP '2200-01-01 00:00:00'", "Invalid start_timestamp: must not")
                  .with("start_snapshot_id", "7"),
              Value.refused("'soon'", "Wrong arg type for start_timestamp"));
      case "end_timestamp" ->
          List.of(
              Value.taken("TIMESTAMP '2200-01-01 00:00:00'"),
              Value.refused(
                  "TIMESTAMP '2000-01-01 00:00:00'", "no snapshot is as old as the end timestamp"),
              Value.refused("'soon'", "Wrong arg type for end_timestamp"));
      case "bookmark" ->
          List.of(
              Value.taken("'a_B-9'"),
              Value.refused("'a b'", "Invalid bookmark: a b, must be letters, digits, _ and -"));
      // Any text is the name of a view: it is quoted.
      case "changes_view" ->
          List.of(
              Value.taken("'a `b`; c'").with("dry_run", "false"),
              Value.refused("map('a', 'b')", "Wrong arg type for changes_view"));
      default -> throw new AssertionError("Nobody has said what the bounds of " + key + " are");
    };
  }

  private static long snapshot() {
    return spark.table("lake.db.t").currentSnapshot().snapshotId();
  }
}
