/** Gives jobs the namespaces and names that the user wants. */
package io.breakwater.lineage.naming;
