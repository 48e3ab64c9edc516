package io.breakwater.iceberg.run;

import io.breakwater.iceberg.plan.LiveVector;
import java.util.List;
import org.apache.iceberg.DeleteFile;

/**
 * A Puffin file that was written and is not yet in the table.
 *
 * @param path where it is
 * @param fileBytes its size
 * @param replacements the old manifest entries with their new ones
 */
record NewPuffin(String path, long fileBytes, List<Replacement> replacements) {

  /** An old vector and the entry of its copy. */
  record Replacement(LiveVector old, DeleteFile copy) {}
}
