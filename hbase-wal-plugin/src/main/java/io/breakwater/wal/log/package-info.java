/**
 * The waist of the plugin: workspaces and the append-only logs in them. Everything HBase-specific
 * is above, every storage engine below; nothing here knows HBase or Hadoop.
 */
package io.breakwater.wal.log;
