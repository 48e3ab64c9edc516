package io.breakwater.lineage.tool;

import io.breakwater.lineage.archive.Archive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Option;

/** The spool or archive that a command works on. */
final class SpoolOption {

  private static final Pattern HADOOP_PATH = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:/.*");

  @Option(
      names = {"-d", "--spool-dir"},
      required = true,
      paramLabel = "DIR",
      description = {
        "The directory that spark.breakwater.lineage.spool.dir names, or the Hadoop path that"
            + " spark.breakwater.lineage.archive.path names, such as s3a://bucket/lineage."
      })
  private String location;

  /** The archive, if a Hadoop path was given. */
  Optional<Archive> archive(SparkConf conf) throws IOException {
    return HADOOP_PATH.matcher(location).matches()
        ? Optional.of(
            Archive.open(
                new org.apache.hadoop.fs.Path(location).toUri(),
                SparkHadoopUtil.get().newConfiguration(conf)))
        : Optional.empty();
  }

  /** The spool, if a local path was given. */
  Path existing() throws IOException {
    Path directory = Path.of(location);
    if (!Files.isDirectory(directory)) {
      throw new IOException("Cannot open the spool " + directory + ": it is not a directory");
    }
    return directory;
  }
}
