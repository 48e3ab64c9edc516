package io.breakwater.lineage.procedure;

import java.util.List;
import java.util.Map;

/**
 * What a call returned.
 *
 * @param rowCount all rows
 * @param rows the first of them, by column
 */
record CallResult(int rowCount, List<Map<String, Object>> rows) {

  /** How many rows are kept. */
  static final int MAX_ROWS = 20;

  /** How many characters of a text are kept. */
  static final int MAX_TEXT = 500;
}
