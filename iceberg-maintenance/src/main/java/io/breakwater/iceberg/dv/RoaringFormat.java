package io.breakwater.iceberg.dv;

/** The numbers of the portable Roaring format. */
final class RoaringFormat {
  static final int COOKIE_WITHOUT_RUNS = 12346;
  static final int COOKIE_WITH_RUNS = 12347;
  static final int MAX_CONTAINERS = 1 << 16;
  static final int OFFSETS_FROM_CONTAINERS = 4;
  static final int MAX_ARRAY = 4096;
  static final int BIT_SET_BYTES = 8192;
  static final int WORDS = BIT_SET_BYTES / Long.BYTES;

  private RoaringFormat() {}
}
