package io.breakwater.lineage.procedure;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The name by which SQL calls a procedure. A planned call holds the procedure's object, whose class
 * is named after it: {@code RewriteDataFilesProcedure} is {@code rewrite_data_files}.
 */
final class ProcedureName {

  private static final String SUFFIX = "Procedure";
  private static final Pattern WORD = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  /** Iceberg's procedures whose class has a longer name than SQL knows. */
  private static final Map<String, String> SHORTER =
      Map.of(
          "fast_forward_branch", "fast_forward",
          "migrate_table", "migrate",
          "snapshot_table", "snapshot");

  private ProcedureName() {}

  static String of(Class<?> procedure) {
    String simple = procedure.getSimpleName();
    String base =
        simple.endsWith(SUFFIX) ? simple.substring(0, simple.length() - SUFFIX.length()) : simple;
    String words = WORD.matcher(base).replaceAll("_").toLowerCase(Locale.ROOT);
    return SHORTER.getOrDefault(words, words);
  }
}
