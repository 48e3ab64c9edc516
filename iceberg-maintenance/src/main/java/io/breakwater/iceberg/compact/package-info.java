/** Rewrites data files to get rid of deleted rows. */
package io.breakwater.iceberg.compact;
