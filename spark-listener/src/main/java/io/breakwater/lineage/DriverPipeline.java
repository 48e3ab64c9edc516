package io.breakwater.lineage;

import io.breakwater.lineage.archive.Archive;
import io.breakwater.lineage.archive.ArchiveOptions;
import io.breakwater.lineage.archive.Archiver;
import io.breakwater.lineage.deliver.LineagePipeline;
import io.breakwater.lineage.deliver.SpoolCopies;
import io.breakwater.lineage.deliver.TransportDelegate;
import io.openlineage.spark.agent.ArgumentParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of this driver's events from the spool to the user's transport, as configured. */
final class DriverPipeline {

  private static final Logger LOG = LoggerFactory.getLogger(DriverPipeline.class);

  private DriverPipeline() {}

  /**
   * Opens it in the directory that the user wants, or else in the default one.
   *
   * @throws IOException if it can be opened in neither
   */
  static LineagePipeline open(SparkConf conf, LineageConfig config, Optional<Archiver> archiver)
      throws IOException {
    try {
      return open(conf, config, archiver, config.spoolDirectory());
    } catch (IOException e) {
      Path fallback = LineageConfig.defaultSpoolDirectory();
      LOG.error(
          "Cannot open the lineage spool {}: {}; using {}. Make {} a directory that the driver may"
              + " write",
          config.spoolDirectory(),
          e.toString(),
          fallback,
          LineageKeys.SPOOL_DIR.name());
      return open(conf, config, archiver, fallback);
    }
  }

  private static LineagePipeline open(
      SparkConf conf, LineageConfig config, Optional<Archiver> archiver, Path root)
      throws IOException {
    LineagePipeline pipeline =
        LineagePipeline.open(
            root,
            config.spool(),
            config.delivery(),
            () -> TransportDelegate.of(ArgumentParser.parse(conf.clone()).getTransportConfig()),
            archiver.<SpoolCopies>map(copies -> copies).orElseGet(SpoolCopies::none));
    LOG.info(
        "Lineage goes through the spool {}/{} to {}; {}",
        root,
        pipeline.name(),
        DelegateSummary.of(conf),
        LineageKeys.describe(conf));
    return pipeline;
  }

  /** What keeps copies of what is not delivered, if the user wants them. */
  static Optional<Archiver> archiver(SparkConf conf, ArchiveOptions archive) {
    return archive
        .path()
        .map(
            path ->
                new Archiver(
                    () -> Archive.open(path, SparkHadoopUtil.get().newConfiguration(conf)),
                    archive));
  }
}
