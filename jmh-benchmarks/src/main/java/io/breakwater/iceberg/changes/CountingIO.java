package io.breakwater.iceberg.changes;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * Hadoop's file system, and a count of the bytes that were asked of it, by the kind of file: of
 * what a file system reads ahead, nothing is counted. One count for the whole process.
 */
public final class CountingIO implements FileIO, Configurable {
  private static final Map<String, LongAdder> BYTES = new ConcurrentHashMap<>();

  private final HadoopFileIO files = new HadoopFileIO();

  /** Bytes read since the process began, by file name extension. */
  static Map<String, Long> bytesRead() {
    Map<String, Long> bytes = new TreeMap<>();
    BYTES.forEach((kind, count) -> bytes.put(kind, count.sum()));
    return bytes;
  }

  @Override
  public void setConf(Configuration configuration) {
    files.setConf(configuration);
  }

  @Override
  public Configuration getConf() {
    return files.getConf();
  }

  @Override
  public InputFile newInputFile(String path) {
    return new Counted(files.newInputFile(path));
  }

  @Override
  public InputFile newInputFile(String path, long length) {
    return new Counted(files.newInputFile(path, length));
  }

  @Override
  public OutputFile newOutputFile(String path) {
    return files.newOutputFile(path);
  }

  @Override
  public void deleteFile(String path) {
    files.deleteFile(path);
  }

  private record Counted(InputFile file) implements InputFile {
    @Override
    public long getLength() {
      return file.getLength();
    }

    @Override
    public SeekableInputStream newStream() {
      String kind = file.location().substring(file.location().lastIndexOf('.') + 1);
      return new CountedStream(
          file.newStream(), BYTES.computeIfAbsent(kind, name -> new LongAdder()));
    }

    @Override
    public String location() {
      return file.location();
    }

    @Override
    public boolean exists() {
      return file.exists();
    }
  }

  private static final class CountedStream extends SeekableInputStream {
    private final SeekableInputStream stream;
    private final LongAdder bytes;

    CountedStream(SeekableInputStream stream, LongAdder bytes) {
      this.stream = stream;
      this.bytes = bytes;
    }

    @Override
    public long getPos() throws IOException {
      return stream.getPos();
    }

    @Override
    public void seek(long position) throws IOException {
      stream.seek(position);
    }

    @Override
    public int read() throws IOException {
      int read = stream.read();
      bytes.add(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = stream.read(target, offset, length);
      bytes.add(Math.max(read, 0));
      return read;
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
