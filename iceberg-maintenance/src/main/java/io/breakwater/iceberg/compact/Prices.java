package io.breakwater.iceberg.compact;

/**
 * What reading and writing costs, in the same unit, so that a rewrite can be compared with what it
 * saves. For a data file of {@code b} bytes with {@code n} rows, {@code d} of them deleted by
 * {@code k} delete files of {@code v} bytes:
 *
 * <pre>
 * dead bytes  D    = b * d / n
 * cost of a rewrite  = readPrice * (b + v) + writePrice * (b - D)
 * gain of a rewrite  = scans * readPrice * (D + v + k * openBytes)
 * gain of one file less by packing it with others
 *                    = scans * readPrice * openBytes
 * </pre>
 *
 * <p>With the default prices (1 to read a byte, 2 to write one, 8 scans) and a large file, a
 * rewrite pays from 30% deleted rows on, which is Iceberg's default for {@code
 * delete-ratio-threshold}; a file without deletes is worth packing below 8/3 of {@code openBytes}.
 *
 * @param readPrice of reading one byte
 * @param writePrice of writing one byte
 * @param openBytes opening a file takes as long as reading so many bytes
 * @param scans how often a file is read before it is looked at again
 */
record Prices(double readPrice, double writePrice, long openBytes, long scans) {

  double cost(long fileBytes, double deadBytes, long deleteBytes) {
    return readPrice * (fileBytes + deleteBytes) + writePrice * (fileBytes - deadBytes);
  }

  double gain(double deadBytes, long deleteBytes, int deleteFiles) {
    return scans * readPrice * (deadBytes + deleteBytes + (double) deleteFiles * openBytes);
  }

  double gainOfOneFileLess() {
    return scans * readPrice * openBytes;
  }
}
