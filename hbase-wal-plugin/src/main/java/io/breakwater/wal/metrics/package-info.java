/** What the logs of a process do, in HBase's own metrics. */
package io.breakwater.wal.metrics;
