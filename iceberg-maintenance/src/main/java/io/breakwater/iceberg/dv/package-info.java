/**
 * The codec of deletion vectors: it knows the bytes of a blob, neither tables nor files.
 *
 * <p>Written from the Puffin specification (blob type {@code deletion-vector-v1}) and the portable
 * serialization of Roaring bitmaps (RoaringFormatSpec).
 */
package io.breakwater.iceberg.dv;
