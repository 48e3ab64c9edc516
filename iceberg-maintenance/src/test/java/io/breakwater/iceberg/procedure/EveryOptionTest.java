package io.breakwater.iceberg.procedure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.compact.CompactionOptions;
import io.breakwater.iceberg.compact.PurgeOptions;
import io.breakwater.iceberg.convert.ConvertOptions;
import io.breakwater.iceberg.maintain.MaintenanceOptions;
import io.breakwater.iceberg.plan.Option;
import io.breakwater.iceberg.plan.RewriteOptions;
import io.breakwater.iceberg.verify.VerifyOptions;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every key of every {@code options} map has the default that the reference says, takes what is on
 * its bounds and refuses what is beyond. The reference page is made from the same declarations.
 */
class EveryOptionTest {

  private static final Pattern WHOLE_NUMBER =
      Pattern.compile("a whole number from (\\d+) to (\\d+)");
  private static final Pattern OF_THE_TABLE = Pattern.compile("the table's `([^`]+)`, else (\\d+)");

  /** What a procedure makes of a map and of the table's properties. */
  private static final Map<String, BiFunction<Map<String, String>, Map<String, String>, Object>>
      READERS =
          Map.of(
              CompactDeletedRowsProcedure.NAME, CompactionOptions::of,
              PurgeDeletedRowsProcedure.NAME, PurgeOptions::of,
              RewriteDeletionVectorsProcedure.NAME, RewriteOptions::of,
              MaintainDeletionVectorsProcedure.NAME, MaintenanceOptions::of,
              ConvertEqualityDeletesProcedure.NAME, (options, table) -> ConvertOptions.of(options),
              UpgradeToDeletionVectorsProcedure.NAME,
                  (options, table) -> ConvertOptions.of(options),
              VerifyDeletionVectorsProcedure.NAME, (options, table) -> VerifyOptions.of(options));

  /** One option of one procedure. */
  record Key(String procedure, Option<?> option) {

    Object read(Map<String, String> options, Map<String, String> table) {
      Map<String, String> all = new HashMap<>(options);
      if (option.name().equals("partial-progress.max-commits")
          && procedure.equals(RewriteDeletionVectorsProcedure.NAME)) {
        all.put("partial-progress.enabled", "true");
      }
      return READERS.get(procedure).apply(all, table);
    }

    Object withValue(String value) {
      return read(Map.of(option.name(), value), Map.of());
    }

    Object withoutValue() {
      return read(Map.of(), Map.of());
    }

    @Override
    public String toString() {
      return procedure + " " + option.name();
    }
  }

  /** What an option must take, and what it must refuse. */
  record Bounds(List<String> taken, List<String> refused) {}

  /** All but the groups of keys that {@code maintain_deletion_vectors} passes on. */
  static Stream<Key> keys() {
    return Procedures.names().stream()
        .flatMap(
            name ->
                Procedures.load(name, null, null).declaration().options().stream()
                    .filter(option -> !option.name().endsWith(".*"))
                    .map(option -> new Key(name, option)));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void default_isTheOneOfTheReference(Key key) {
    String documented = key.option().defaultText();
    Matcher table = OF_THE_TABLE.matcher(documented);
    Object unset = key.withoutValue();

    switch (documented) {
      case "none" -> assertThat(((PurgeOptions) unset).reportPath()).isEmpty();
      case "none, prices decide" ->
          assertThat(((CompactionOptions) unset).deleteRatioThreshold()).isGreaterThan(1);
      case "75% of the target" ->
          assertThat(
                  key.read(
                      Map.of("target-file-size-bytes", "1000", key.option().name(), "750"),
                      Map.of()))
              .isEqualTo(key.read(Map.of("target-file-size-bytes", "1000"), Map.of()));
      default -> {
        if (table.matches()) {
          assertThat(key.read(Map.of(), Map.of(table.group(1), "7777")))
              .isEqualTo(key.withValue("7777"))
              .isNotEqualTo(unset);
          documented = table.group(2);
        }
        assertThat(key.withValue(documented)).isEqualTo(unset);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void valueOnItsBounds_isTaken(Key key) {
    assertThat(bounds(key).taken())
        .isNotEmpty()
        .allSatisfy(text -> assertThat(key.option().parser().apply(text)).as(text).isPresent());
  }

  @ParameterizedTest
  @MethodSource("keys")
  void valueBeyondItsBounds_isRefused_namingKeyValueAndBound(Key key) {
    assertThat(bounds(key).refused())
        .isNotEmpty()
        .allSatisfy(
            text ->
                assertThatThrownBy(() -> key.withValue(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                        "Invalid %s: %s, must be %s",
                        key.option().name(), text, key.option().bound()));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void misspeltKey_isRefused_namingTheKnownOnes(Key key) {
    String misspelt = key.option().name() + "s";
    assertThatThrownBy(() -> key.read(Map.of(misspelt, "1"), Map.of()))
        .hasMessageContaining("Cannot use options [" + misspelt + "]: unknown, must be among [")
        .hasMessageContaining(key.option().name());
  }

  @Test
  void optionOfAStep_isNamedWithItsStep() {
    Map<String, String> beyond = Map.of("compact_deleted_rows.conflict-retries", "101");
    Map<String, String> unknown = Map.of("rewrite_deletion_vectors.rewrite-some", "true");

    assertThatThrownBy(() -> MaintenanceOptions.of(beyond, Map.of()))
        .hasMessage(
            "Cannot use options compact_deleted_rows.*: Invalid conflict-retries: 101, must be a"
                + " whole number from 0 to 100");
    assertThatThrownBy(() -> MaintenanceOptions.of(unknown, Map.of()))
        .hasMessageStartingWith(
            "Cannot use options rewrite_deletion_vectors.*: Cannot use options [rewrite-some]");
  }

  @Test
  void minimumSize_isBelowTheTarget() {
    for (String procedure :
        List.of(CompactDeletedRowsProcedure.NAME, RewriteDeletionVectorsProcedure.NAME)) {
      Map<String, String> same =
          Map.of("target-file-size-bytes", "10", "min-file-size-bytes", "10");
      assertThatThrownBy(() -> READERS.get(procedure).apply(same, Map.of()))
          .hasMessage(
              "Invalid min-file-size-bytes: 10, must be less than target-file-size-bytes, which is"
                  + " 10");
    }
  }

  /** From what is declared; a kind of bound that nobody has thought of here fails. */
  static Bounds bounds(Key key) {
    String bound = key.option().bound();
    Matcher whole = WHOLE_NUMBER.matcher(bound);
    if (whole.matches()) {
      BigInteger least = new BigInteger(whole.group(1));
      BigInteger most = new BigInteger(whole.group(2));
      return new Bounds(
          List.of(least.toString(), most.toString()),
          List.of(
              least.subtract(BigInteger.ONE).toString(),
              most.add(BigInteger.ONE).toString(),
              "1.5",
              "5m",
              "many",
              ""));
    }
    return switch (bound) {
      case "true or false" -> new Bounds(List.of("true", "false"), List.of("yes", "TRUE", "1", ""));
      case "a number from 0 to 1" ->
          new Bounds(List.of("0", "1", "0.5"), List.of("-0.001", "1.001", "NaN", "half", ""));
      case "a number of 0 or more" ->
          new Bounds(
              List.of("0", "1e9", "1.7976931348623157e308"),
              List.of("-0.001", "1e309", "NaN", "cheap", ""));
      case "a location that the table's file IO can write and where nothing is yet" ->
          new Bounds(List.of("s3://audit/x.json", "/tmp/x.json"), List.of("", " "));
      default -> throw new AssertionError("Nobody has said what the bounds of " + key + " are");
    };
  }
}
