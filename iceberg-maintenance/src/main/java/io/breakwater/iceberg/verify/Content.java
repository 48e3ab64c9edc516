package io.breakwater.iceberg.verify;

import java.nio.ByteBuffer;

/**
 * What a deletion vector and a version 2 position delete file say about the same data file.
 *
 * @param dataFile the data file
 * @param vector its deletion vector; null in the rows of position delete files
 * @param file the position delete file
 * @param sequence its data sequence number
 * @param positions the positions that it deletes in the data file, as a blob
 * @param problem why it cannot be read, if so
 */
record Content(
    String dataFile,
    Bound vector,
    String file,
    Long sequence,
    ByteBuffer positions,
    String problem) {

  static final Records<Content> RECORDS = Records.of(Content.class);
}
