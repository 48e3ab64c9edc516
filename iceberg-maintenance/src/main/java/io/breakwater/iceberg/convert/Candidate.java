package io.breakwater.iceberg.convert;

import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;

/**
 * A data file that a delete to convert may delete rows of.
 *
 * @param id its number in the plan
 * @param file its manifest entry, without column metrics
 * @param partition the number of its partition
 * @param vector its deletion vector, or null
 */
record Candidate(int id, DataFile file, int partition, DeleteFile vector) {

  String location() {
    return file.location();
  }
}
