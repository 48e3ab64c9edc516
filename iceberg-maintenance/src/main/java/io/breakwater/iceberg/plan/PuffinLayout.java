package io.breakwater.iceberg.plan;

import java.util.List;
import org.apache.iceberg.puffin.BlobMetadata;

/**
 * What the footer of a Puffin file says.
 *
 * @param path where the file is
 * @param fileBytes the size of the file
 * @param footerBytes the size of the footer, from its first magic to the end of the file
 * @param blobs every blob in the file, live or dead
 */
public record PuffinLayout(
    String path, long fileBytes, long footerBytes, List<BlobMetadata> blobs) {}
