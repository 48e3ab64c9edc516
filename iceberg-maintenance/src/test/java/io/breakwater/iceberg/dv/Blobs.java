package io.breakwater.iceberg.dv;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import org.roaringbitmap.RoaringBitmap;

/** Deletion vectors written by the RoaringBitmap library, without gaps between keys filled. */
final class Blobs {
  private Blobs() {}

  static byte[] of(LongStream positions) {
    SortedMap<Integer, RoaringBitmap> bitmaps = new TreeMap<>();
    positions.forEach(
        position ->
            bitmaps
                .computeIfAbsent((int) (position >> 32), key -> new RoaringBitmap())
                .add((int) position));
    bitmaps.values().forEach(RoaringBitmap::runOptimize);
    return of(bitmaps);
  }

  static byte[] of(Map<Integer, RoaringBitmap> bitmaps) {
    int size = bitmaps.values().stream().mapToInt(b -> 4 + b.serializedSizeInBytes()).sum();
    ByteBuffer body = ByteBuffer.allocate(4 + 8 + size).order(ByteOrder.LITTLE_ENDIAN);
    body.put(new byte[] {(byte) 0xD1, (byte) 0xD3, 0x39, 0x64}).putLong(bitmaps.size());
    bitmaps.forEach((key, bitmap) -> bitmap.serialize(body.putInt(key)));
    return enclose(body.array());
  }

  /** Puts a true length and a true checksum around magic and bitmaps. */
  static byte[] enclose(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body);
    return ByteBuffer.allocate(body.length + 8)
        .putInt(body.length)
        .put(body)
        .putInt((int) crc.getValue())
        .array();
  }
}
