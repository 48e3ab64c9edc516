package io.breakwater.lineage;

import io.breakwater.lineage.archive.ArchiveOptions;
import io.breakwater.lineage.deliver.DeliveryOptions;
import io.breakwater.lineage.events.EventStageOptions;
import io.breakwater.lineage.filter.FilterOptions;
import io.breakwater.lineage.naming.NamingOptions;
import io.breakwater.lineage.spool.SpoolOptions;
import io.breakwater.lineage.streaming.StreamingOptions;
import io.breakwater.lineage.ui.UiOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.spark.SparkConf;

/**
 * The properties {@code spark.breakwater.lineage.*} of a Spark configuration, checked.
 *
 * @param enabled whether anything is captured
 * @param spoolDirectory where drivers keep events that are not delivered yet
 * @param events the bounds of the stage between OpenLineage and the spool
 * @param buildTimeout how long OpenLineage may take for one event of Spark
 * @param naming what jobs are called
 * @param filter what is left out of lineage
 * @param proceduresReadTimeout how long an event of a call waits for what is read from its table
 * @param streaming how much is said of streaming queries
 * @param spool the bounds of the spool
 * @param delivery how events are sent
 * @param archive where copies of what is not delivered are kept
 * @param ui what Spark's own pages show
 * @param emrInfoDirectory where a node of Amazon EMR describes itself
 * @param stopTimeout how long the end of an application waits for the delivery of what is left
 */
public record LineageConfig(
    boolean enabled,
    Path spoolDirectory,
    EventStageOptions events,
    Duration buildTimeout,
    NamingOptions naming,
    FilterOptions filter,
    Duration proceduresReadTimeout,
    StreamingOptions streaming,
    SpoolOptions spool,
    DeliveryOptions delivery,
    ArchiveOptions archive,
    UiOptions ui,
    Path emrInfoDirectory,
    Duration stopTimeout) {

  /**
   * Reads all keys; the default stands in for a value that is not good.
   *
   * @param problems gets a line for every value out of its bound and every unknown key
   */
  public static LineageConfig of(SparkConf conf, List<String> problems) {
    LineageConfig config =
        new LineageConfig(
            LineageKeys.ENABLED.read(conf, problems),
            LineageKeys.SPOOL_DIR.read(conf, problems),
            new EventStageOptions(
                LineageKeys.EVENTS_QUEUE_SIZE.read(conf, problems),
                LineageKeys.EVENTS_QUEUE_TIMEOUT.read(conf, problems),
                LineageKeys.EVENTS_MAX_BYTES.read(conf, problems)),
            LineageKeys.EVENTS_BUILD_TIMEOUT.read(conf, problems),
            new NamingOptions(
                LineageKeys.JOB_NAMESPACE.read(conf, problems),
                LineageKeys.JOB_NAME.read(conf, problems)),
            new FilterOptions(
                LineageKeys.EVENTS_RUNNING.read(conf, problems),
                LineageKeys.FILTER_JOBS.read(conf, problems),
                LineageKeys.FILTER_DATASETS.read(conf, problems)),
            LineageKeys.PROCEDURES_READ_TIMEOUT.read(conf, problems),
            new StreamingOptions(
                LineageKeys.STREAMING_RUNNING_INTERVAL.read(conf, problems),
                LineageKeys.STREAMING_BATCH_EVERY.read(conf, problems),
                LineageKeys.STREAMING_BATCH_INTERVAL.read(conf, problems)),
            new SpoolOptions(
                LineageKeys.SPOOL_MAX_SIZE.read(conf, problems),
                LineageKeys.SPOOL_SEGMENT_SIZE.read(conf, problems).intValue(),
                LineageKeys.SPOOL_BUFFER_SIZE.read(conf, problems),
                LineageKeys.SPOOL_BUFFER_TIMEOUT.read(conf, problems)),
            new DeliveryOptions(
                LineageKeys.BACKOFF_MIN.read(conf, problems),
                LineageKeys.BACKOFF_MAX.read(conf, problems),
                LineageKeys.SPOOL_ADOPT_ORPHANS.read(conf, problems)),
            new ArchiveOptions(
                LineageKeys.ARCHIVE_PATH.read(conf, problems),
                LineageKeys.ARCHIVE_INTERVAL.read(conf, problems)),
            new UiOptions(
                LineageKeys.UI_ENABLED.read(conf, problems),
                LineageKeys.UI_MAX_SIZE.read(conf, problems),
                LineageKeys.UI_EVENT_LOG_SIZE.read(conf, problems)),
            LineageKeys.EMR_INFO_DIR.read(conf, problems),
            LineageKeys.STOP_TIMEOUT.read(conf, problems));
    if (config.delivery().maxBackoff().compareTo(config.delivery().minBackoff()) < 0) {
      problems.add(
          "Invalid "
              + LineageKeys.BACKOFF_MAX.name()
              + ": "
              + config.delivery().maxBackoff().toMillis()
              + "ms, must be at least "
              + LineageKeys.BACKOFF_MIN.name()
              + "; using "
              + config.delivery().minBackoff().toMillis()
              + "ms");
    }
    problems.addAll(LineageKeys.unknown(conf));
    return config;
  }

  /** The directory that is used if no other can be. */
  static Path defaultSpoolDirectory() {
    return ConfigTypes.absolutePath(LineageKeys.DEFAULT_DIRECTORY).orElseThrow();
  }
}
