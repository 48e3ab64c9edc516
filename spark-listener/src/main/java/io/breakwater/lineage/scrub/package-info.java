/** Takes secrets out of events before they are written anywhere. */
package io.breakwater.lineage.scrub;
