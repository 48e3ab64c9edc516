package io.breakwater.wal.fs;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;

/** Says the errors of a workspace with the exceptions by which Hadoop's callers tell them apart. */
final class Errors {

  private Errors() {}

  /** An operation on a workspace. */
  interface Operation<T> {
    T run() throws IOException;
  }

  /** Runs {@code operation}, which does {@code what} to {@code path}. */
  static <T> T translated(String what, Path path, Operation<T> operation) throws IOException {
    try {
      return operation.run();
    } catch (NoSuchFileException e) {
      throw cause(e, notFound(what, path, "File does not exist: " + e.getFile()));
    } catch (FileAlreadyExistsException e) {
      throw cause(e, exists(what, path, e.getFile() + " already exists"));
    } catch (NotDirectoryException e) {
      throw cause(
          e,
          new ParentNotDirectoryException(
              message(what, path, e.getFile() + " is not a directory")));
    } catch (DirectoryNotEmptyException e) {
      throw cause(e, new PathIsNotEmptyDirectoryException(path.toString()));
    } catch (EOFException e) {
      throw notEnd(e);
    }
  }

  /**
   * HBase takes an end of file for the regular end of a log and goes on without the rest, so no
   * failure may look like one.
   */
  static IOException notEnd(EOFException e) {
    return new IOException("Cannot read a log: its storage ended too early", e);
  }

  static FileNotFoundException notFound(String what, Path path, String reason) {
    return new FileNotFoundException(message(what, path, reason));
  }

  static org.apache.hadoop.fs.FileAlreadyExistsException exists(
      String what, Path path, String reason) {
    return new org.apache.hadoop.fs.FileAlreadyExistsException(message(what, path, reason));
  }

  static String message(String what, Path path, String reason) {
    return "Cannot " + what + " " + path + ": " + reason;
  }

  private static <E extends IOException> E cause(IOException cause, E e) {
    e.initCause(cause);
    return e;
  }
}
