package io.breakwater.iceberg.compact;

import java.util.Set;
import org.apache.iceberg.DataFile;

/** A file group and the files that were written for it, none for one that is dropped. */
record Rewritten(FileGroup group, Set<DataFile> added) {}
