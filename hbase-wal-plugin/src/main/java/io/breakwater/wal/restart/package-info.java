/** A new cluster on the files and the workspace of one that was lost. */
package io.breakwater.wal.restart;
