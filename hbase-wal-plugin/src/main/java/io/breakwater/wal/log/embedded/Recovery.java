package io.breakwater.wal.log.embedded;

import java.io.IOException;

/**
 * Finds the end of a log that its writer did not seal, after the writer was fenced.
 *
 * <p>A bad record is <i>torn</i>, and cut with all behind it, where it can be shown that it was
 * never acknowledged: the file ends inside it, or all bytes from it on are zero, or the good
 * records behind it say that nothing at its place was durable yet. Everything else is damage: the
 * log keeps it, so that a reader meets the error instead of a silent end.
 *
 * @param length the length of the log, covering damage
 * @param tornBytes bytes of the file cut as torn
 */
record Recovery(long length, long tornBytes) {

  static Recovery scan(RecordFile file) throws IOException {
    // A fenced writer may still be writing. What was acknowledged is in the file by now.
    long size = file.size();
    long offset = RecordFormat.FILE_HEADER;
    long position = 0;
    while (offset < size) {
      RecordFile.Found record = file.recordAt(offset);
      if (record == null || record.header().position() != position || record.nextOffset() > size) {
        return judge(file, size, offset, position);
      }
      offset = record.nextOffset();
      position = record.header().end();
    }
    return new Recovery(position, 0);
  }

  private static Recovery judge(RecordFile file, long size, long offset, long position)
      throws IOException {
    Recovery torn = new Recovery(position, size - offset);
    long durable = -1;
    long end = position;
    for (RecordFile.Found later = file.nextRecord(offset + 1);
        later != null;
        later = file.nextRecord(later.nextOffset())) {
      durable = Math.max(durable, later.header().durable());
      end = Math.max(end, later.header().end());
    }
    if (durable >= 0) {
      return durable > position ? new Recovery(end, 0) : torn;
    }
    RecordFormat.Header header = file.headerAt(offset);
    if (RecordFormat.endsInside(header, offset, size) || file.zeroFrom(offset)) {
      return torn;
    }
    return new Recovery(position + (header == null ? 1 : header.length()), 0);
  }
}
