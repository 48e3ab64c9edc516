package io.breakwater.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A driver that is configured from outside: runs the statements of a file, each of which ends with
 * a semicolon at the end of a line, and prints the rows of each as JSON, one line per row.
 */
public final class SqlScript {

  private SqlScript() {}

  public static void main(String[] args) throws IOException {
    try (SparkSession session = SparkSession.builder().getOrCreate()) {
      for (String statement : Files.readString(Path.of(args[0])).split(";\\s*(\\n|$)", -1)) {
        if (!statement.isBlank()) {
          for (Row row : session.sql(statement).collectAsList()) {
            System.out.println(row.json());
          }
        }
      }
    }
  }
}
