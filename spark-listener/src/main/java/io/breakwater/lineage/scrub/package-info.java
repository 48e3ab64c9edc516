/** Takes secrets out of events and of lines of the log before they are written anywhere. */
package io.breakwater.lineage.scrub;
