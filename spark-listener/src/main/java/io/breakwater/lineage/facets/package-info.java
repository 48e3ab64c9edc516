/** The facets that Breakwater adds to OpenLineage's events. */
package io.breakwater.lineage.facets;
