/** Does a plan: reads and writes Puffin files, commits, tries again, cleans up. */
package io.breakwater.iceberg.run;
