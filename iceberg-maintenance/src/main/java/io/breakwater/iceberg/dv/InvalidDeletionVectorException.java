package io.breakwater.iceberg.dv;

/**
 * The bytes of a blob are not a deletion vector; {@link #fault()} says which promise they break.
 */
public final class InvalidDeletionVectorException extends RuntimeException {

  /** Which promise of the format is broken. */
  public enum Fault {
    /** The blob ends before what it announces, or goes on after it. */
    LENGTH,
    /** The four magic bytes are not D1 D3 39 64. */
    MAGIC,
    /** The checksum does not match the magic and the bitmap. */
    CHECKSUM,
    /** The number of 32-bit bitmaps cannot be true. */
    BITMAP_COUNT,
    /** A high 32-bit key is out of range or not larger than the one before. */
    BITMAP_KEY,
    /** A 32-bit bitmap does not start with a Roaring cookie. */
    COOKIE,
    /** The number of containers is more than 65536. */
    CONTAINER_COUNT,
    /** A container's key is not larger than the one before. */
    CONTAINER_KEY,
    /** A container is not where the offset header says. */
    CONTAINER_OFFSET,
    /** The values of a container contradict its header or their order. */
    CONTAINER_VALUES
  }

  private static final long serialVersionUID = 1L;

  private final Fault fault;

  InvalidDeletionVectorException(Fault fault, String reason) {
    super("Invalid deletion vector: " + reason);
    this.fault = fault;
  }

  /** Which promise of the format is broken. */
  public Fault fault() {
    return fault;
  }
}
