/** The command line {@code breakwater-lineage}: what waits in a spool, and sending it. */
package io.breakwater.lineage.tool;
