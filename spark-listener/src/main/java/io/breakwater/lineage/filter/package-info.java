/** Leaves out events and datasets that the user does not want to see. */
package io.breakwater.lineage.filter;
