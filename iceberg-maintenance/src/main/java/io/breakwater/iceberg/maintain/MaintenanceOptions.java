package io.breakwater.iceberg.maintain;

import io.breakwater.iceberg.compact.CompactionOptions;
import io.breakwater.iceberg.convert.ConvertOptions;
import io.breakwater.iceberg.plan.Option;
import io.breakwater.iceberg.plan.RewriteOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What {@code maintain_deletion_vectors} may be told in its {@code options} map.
 *
 * @param verify whether damaged deletion vectors stop the maintenance before it begins
 * @param convert options of the conversion of equality and position deletes
 * @param compact options of the compaction
 * @param rewrite options of the rewrite of deletion vectors
 */
public record MaintenanceOptions(
    boolean verify, ConvertOptions convert, CompactionOptions compact, RewriteOptions rewrite) {

  private static final Option<Boolean> VERIFY =
      Option.ofBoolean(
          "verify",
          "true",
          "Check all deletion vectors first, as `verify_deletion_vectors` does, and refuse to"
              + " maintain a table with an error: a rewrite would make wrong deletes permanent.");

  /** Every key, in the order of the documentation. */
  public static final List<Option<?>> DECLARED =
      List.of(
          VERIFY,
          ofStep(ConvertStep.EQUALITY_DELETES),
          ofStep(CompactStep.ACTION),
          ofStep(RewriteVectorsStep.ACTION));

  /**
   * Reads an {@code options} map.
   *
   * @param options the keys and values that the caller gave
   * @param tableProperties where defaults come from
   * @throws IllegalArgumentException if a key is unknown or a value is out of bounds
   */
  public static MaintenanceOptions of(
      Map<String, String> options, Map<String, String> tableProperties) {
    Map<String, String> own = new LinkedHashMap<>(options);
    Map<String, String> convert = take(own, ConvertStep.EQUALITY_DELETES);
    Map<String, String> compact = take(own, CompactStep.ACTION);
    Map<String, String> rewrite = take(own, RewriteVectorsStep.ACTION);
    Option.requireKnown(own, DECLARED);
    return new MaintenanceOptions(
        VERIFY.read(own, true),
        ofStep(ConvertStep.EQUALITY_DELETES, () -> ConvertOptions.of(convert)),
        ofStep(CompactStep.ACTION, () -> CompactionOptions.of(compact, tableProperties)),
        ofStep(RewriteVectorsStep.ACTION, () -> RewriteOptions.of(rewrite, tableProperties)));
  }

  /** Names the step in an error: its options know their own names only. */
  private static <T> T ofStep(String action, Supplier<T> options) {
    try {
      return options.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use options %s.*: %s".formatted(action, e.getMessage()), e);
    }
  }

  private static Map<String, String> take(Map<String, String> options, String action) {
    String prefix = action + ".";
    Map<String, String> taken = new LinkedHashMap<>();
    options.keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .toList()
        .forEach(key -> taken.put(key.substring(prefix.length()), options.remove(key)));
    return taken;
  }

  private static Option<String> ofStep(String action) {
    return new Option<>(
        action + ".*",
        "as there",
        "as there",
        "as there",
        Optional::of,
        "An option of `%s`, with that name in front.".formatted(action));
  }
}
