/**
 * The check of a table's deletion vectors and delete files, as Spark jobs over manifests and Puffin
 * files, and the repair of what is provably wrong.
 *
 * <p>Manifests are read by tasks. Their entries meet by data file ({@link
 * io.breakwater.iceberg.verify.ByDataFile}), which tells what is dangling, doubled or shadowed;
 * then by Puffin file ({@link io.breakwater.iceberg.verify.PuffinCheck}), which compares blob,
 * footer and manifest. The driver holds findings only.
 */
package io.breakwater.iceberg.verify;
