/**
 * Lineage that people look at: OpenLineage events become a {@link
 * io.breakwater.lineage.view.LineageModel}, and the model one HTML page.
 *
 * <p>Nothing here reads a spool, a session or a network.
 */
package io.breakwater.lineage.view;
