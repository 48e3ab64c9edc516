package io.breakwater.lineage;

import io.breakwater.lineage.deliver.BreakwaterTransportBuilder;
import io.breakwater.lineage.deliver.LineageCounts;
import io.breakwater.lineage.deliver.LineagePipeline;
import io.breakwater.lineage.deliver.TransportDelegate;
import io.openlineage.spark.agent.ArgumentParser;
import io.openlineage.spark.agent.OpenLineageSparkListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * OpenLineage's Spark listener with a spool for its transport. The one class of this package that
 * needs OpenLineage on the class path; loaded when the application starts, not before.
 */
final class OpenLineageCapture {

  private static final Logger LOG = LoggerFactory.getLogger(OpenLineageCapture.class);
  private static final String TRANSPORT = "spark.openlineage.transport.";

  private final SparkListener stock;
  private final LineagePipeline pipeline;
  private final LineageConfig config;

  private OpenLineageCapture(SparkListener stock, LineagePipeline pipeline, LineageConfig config) {
    this.stock = stock;
    this.pipeline = pipeline;
    this.config = config;
  }

  /**
   * Opens the spool and makes the listener that fills it.
   *
   * @throws IOException if no spool can be opened, neither where the user wants it nor by default
   */
  static OpenLineageCapture open(SparkConf conf, LineageConfig config)
      throws IOException, InterruptedException {
    SparkConf delegateConf = conf.clone();
    LineagePipeline pipeline = openPipeline(delegateConf, config);
    SparkConf stockConf = conf.clone();
    for (Tuple2<String, String> property : conf.getAllWithPrefix(TRANSPORT)) {
      stockConf.remove(TRANSPORT + property._1());
    }
    stockConf.set(TRANSPORT + "type", BreakwaterTransportBuilder.TYPE);
    stockConf.set(TRANSPORT + "pipeline", pipeline.name());
    try {
      return new OpenLineageCapture(new OpenLineageSparkListener(stockConf), pipeline, config);
    } catch (RuntimeException | LinkageError e) {
      pipeline.stop(Duration.ZERO);
      throw e;
    }
  }

  private static LineagePipeline openPipeline(SparkConf conf, LineageConfig config)
      throws IOException {
    try {
      return openPipeline(conf, config, config.spoolDirectory());
    } catch (IOException e) {
      Path fallback = LineageConfig.defaultSpoolDirectory();
      LOG.error(
          "Cannot open the lineage spool {}: {}; using {}. Make {} a directory that the driver may"
              + " write",
          config.spoolDirectory(),
          e.toString(),
          fallback,
          LineageConfig.SPOOL_DIR.name());
      return openPipeline(conf, config, fallback);
    }
  }

  private static LineagePipeline openPipeline(SparkConf conf, LineageConfig config, Path root)
      throws IOException {
    LineagePipeline pipeline =
        LineagePipeline.open(
            root,
            config.spool(),
            config.delivery(),
            () -> TransportDelegate.of(ArgumentParser.parse(conf.clone()).getTransportConfig()));
    LOG.info(
        "Lineage goes through the spool {}/{} to {}; {}",
        root,
        pipeline.name(),
        DelegateSummary.of(conf),
        config.describe());
    return pipeline;
  }

  void accept(SparkListenerEvent event) {
    EventTap.dispatch(stock, event);
  }

  /** Stops within the configured time and logs what has become of the events. */
  void stop() throws IOException, InterruptedException {
    pipeline.stop(config.stopTimeout());
    LineageCounts counts = pipeline.counts();
    LOG.info(
        "Lineage at the end of the application: {}{}",
        counts,
        counts.waiting() > 0
            ? "; the next driver or breakwater-lineage replay sends the rest"
            : "");
  }
}
