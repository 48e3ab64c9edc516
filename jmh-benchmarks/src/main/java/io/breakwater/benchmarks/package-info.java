/** The programs of this module behind one command, and the page that is made of their results. */
package io.breakwater.benchmarks;
