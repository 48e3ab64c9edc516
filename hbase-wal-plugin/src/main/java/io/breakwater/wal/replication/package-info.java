/** HBase's replication, where it depends on more than the logs. */
package io.breakwater.wal.replication;
