package io.breakwater.lineage;

import io.breakwater.lineage.naming.NamingOptions;
import io.breakwater.lineage.naming.Template;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/** The keys {@code spark.breakwater.lineage.*}; {@link LineageConfig} has their values. */
final class LineageKeys {

  static final String PREFIX = "spark.breakwater.lineage.";
  static final String DEFAULT_DIRECTORY = "${java.io.tmpdir}/breakwater-lineage-${user.name}";

  static final ConfigKey<Boolean> ENABLED =
      new ConfigKey<>(
          PREFIX + "enabled",
          "boolean",
          "true",
          "true or false",
          ConfigTypes::bool,
          "Switches lineage off without taking the listener out of `spark.extraListeners`."
              + " `spark.openlineage.disabled` does so too.");

  static final ConfigKey<Path> SPOOL_DIR =
      new ConfigKey<>(
          PREFIX + "spool.dir",
          "path",
          DEFAULT_DIRECTORY,
          "an absolute path on a local file system of the driver, such as"
              + " /mnt/var/lib/breakwater-lineage/${user.name}",
          ConfigTypes::absolutePath,
          "Where events wait until they are delivered. The same for all drivers of a machine: each"
              + " takes a directory of its own in it, and sends what others have left. Choose one"
              + " that outlives the application; the temporary directory of a YARN container does"
              + " not.");

  static final ConfigKey<Integer> EVENTS_QUEUE_SIZE =
      new ConfigKey<>(
          PREFIX + "events.queueSize",
          "integer",
          "256",
          "from 16 to 65536",
          ConfigTypes.integer(16, 65536),
          "Spark events, with what OpenLineage made of them as JSON, that may wait for our steps:"
              + " of it at most 16 MiB, or twice `events.maxBytes` if that is more.");

  static final ConfigKey<Duration> EVENTS_QUEUE_TIMEOUT =
      new ConfigKey<>(
          PREFIX + "events.queueTimeout",
          "duration, with ms, s, min",
          "1s",
          "from 0ms to 10s",
          ConfigTypes.duration(Duration.ZERO, Duration.ofSeconds(10)),
          "How long the reading of further events (never the job) waits for room among those before the new"
              + " events are dropped, counted and logged.");

  static final ConfigKey<Long> EVENTS_MAX_BYTES =
      new ConfigKey<>(
          PREFIX + "events.maxBytes",
          "bytes, with k, m, g",
          "1000k",
          "from 4k to 32m",
          ConfigTypes.bytes(4L << 10, 32L << 20),
          "The largest event, as JSON. From a larger one, facets are left out and named in it. The"
              + " default is what a Kafka broker takes by default.");

  static final ConfigKey<Duration> EVENTS_BUILD_TIMEOUT =
      new ConfigKey<>(
          PREFIX + "events.buildTimeout",
          "duration, with ms, s, min",
          "30s",
          "from 10ms to 10min",
          ConfigTypes.duration(Duration.ofMillis(10), Duration.ofMinutes(10)),
          "How long OpenLineage may take (never the job) to build the events for one event of Spark."
              + " A query that takes it longer is read once more, without its column lineage; if"
              + " that takes as long again, it has START and end without datasets. The events name"
              + " what they lack.");

  static final ConfigKey<Duration> PROCEDURES_READ_TIMEOUT =
      new ConfigKey<>(
          PREFIX + "procedures.readTimeout",
          "duration, with ms, s, min",
          "2s",
          "from 0ms to 10s",
          ConfigTypes.duration(Duration.ZERO, Duration.ofSeconds(10)),
          "How long an event of a `CALL` waits (never the job) for the table's metadata. After that"
              + " it goes on without, and says so.");

  static final ConfigKey<Optional<Duration>> EVENTS_RUNNING =
      new ConfigKey<>(
          PREFIX + "events.running",
          "all, none or a duration, with ms, s, min",
          "1min",
          "all, none or from 1ms to 1d",
          ConfigTypes::running,
          "Which RUNNING events of batch queries and jobs there are. With a duration, one of a run"
              + " when a job begins so long after the last event of that run. `all`: two for each"
              + " job, for which OpenLineage walks the plan again. `none` leaves out those of"
              + " streaming queries too.");

  static final ConfigKey<Optional<Template>> JOB_NAMESPACE =
      new ConfigKey<>(
          PREFIX + "job.namespace",
          "template",
          "none",
          "none, or a text in which each placeholder is one of "
              + ConfigTypes.placeholders(NamingOptions.NAMESPACE_PLACEHOLDERS),
          ConfigTypes.template(NamingOptions.NAMESPACE_PLACEHOLDERS),
          "The namespace of this application's jobs, such as `prod-${emr.cluster}`. none:"
              + " OpenLineage's.");

  static final ConfigKey<Optional<Template>> JOB_NAME =
      new ConfigKey<>(
          PREFIX + "job.name",
          "template",
          "none",
          "none, or a text with ${"
              + NamingOptions.JOB_NAME
              + "} in which each placeholder is one of "
              + ConfigTypes.placeholders(NamingOptions.NAME_PLACEHOLDERS),
          text ->
              ConfigTypes.template(NamingOptions.NAME_PLACEHOLDERS)
                  .apply(text)
                  .filter(t -> t.isEmpty() || t.get().uses(NamingOptions.JOB_NAME)),
          "The names of this application's jobs, such as `sales.${jobName}`. none: OpenLineage's.");

  static final ConfigKey<Optional<Pattern>> FILTER_JOBS =
      new ConfigKey<>(
          PREFIX + "filter.excludeJobs",
          "regular expression",
          "none",
          "none or a regular expression",
          ConfigTypes::pattern,
          "Leaves out the runs of jobs whose `namespace/name` it is found in. Runs that are children of"
              + " these stay.");

  static final ConfigKey<Optional<Pattern>> FILTER_DATASETS =
      new ConfigKey<>(
          PREFIX + "filter.excludeDatasets",
          "regular expression",
          "none",
          "none or a regular expression",
          ConfigTypes::pattern,
          "Leaves out datasets whose `namespace/name` it is found in, also from column lineage. The"
              + " runs stay.");

  static final ConfigKey<Duration> STREAMING_RUNNING_INTERVAL =
      new ConfigKey<>(
          PREFIX + "streaming.runningInterval",
          "duration, with ms, s, min",
          "1min",
          "from 0ms to 1d",
          ConfigTypes.duration(Duration.ZERO, Duration.ofDays(1)),
          "The least time between two RUNNING events of a streaming query. `0ms`: one after every"
              + " micro-batch.");

  static final ConfigKey<Integer> STREAMING_BATCH_EVERY =
      new ConfigKey<>(
          PREFIX + "streaming.batchEvery",
          "integer",
          "1",
          "from 0 to 1000000",
          ConfigTypes.integer(0, 1_000_000),
          "Every nth micro-batch of a streaming query, beginning with the first, is a run of its own."
              + " 0: none.");

  static final ConfigKey<Duration> STREAMING_BATCH_INTERVAL =
      new ConfigKey<>(
          PREFIX + "streaming.batchInterval",
          "duration, with ms, s, min",
          "1min",
          "from 0ms to 1d",
          ConfigTypes.duration(Duration.ZERO, Duration.ofDays(1)),
          "The least time between two micro-batches that are. `0ms`: all that `streaming.batchEvery`"
              + " chooses.");

  static final ConfigKey<Long> SPOOL_MAX_SIZE =
      new ConfigKey<>(
          PREFIX + "spool.maxSize",
          "bytes, with k, m, g",
          "1g",
          "from 1m to 1t",
          ConfigTypes.bytes(1L << 20, 1L << 40),
          "Bytes that all drivers' events may take below `spool.dir`. When it is reached, new events"
              + " are dropped, counted and logged, and those on the disk are kept.");

  static final ConfigKey<Long> SPOOL_SEGMENT_SIZE =
      new ConfigKey<>(
          PREFIX + "spool.segmentSize",
          "bytes, with k, m, g",
          "8m",
          "from 64k to 64m",
          ConfigTypes.bytes(64L << 10, 64L << 20),
          "Size at which a new file is begun. Disk space is given back a file at a time.");

  static final ConfigKey<Long> SPOOL_BUFFER_SIZE =
      new ConfigKey<>(
          PREFIX + "spool.bufferSize",
          "bytes, with k, m, g",
          "16m",
          "from 64k to 1g",
          ConfigTypes.bytes(64L << 10, 1L << 30),
          "Heap for events that wait for the disk.");

  static final ConfigKey<Duration> SPOOL_BUFFER_TIMEOUT =
      new ConfigKey<>(
          PREFIX + "spool.bufferTimeout",
          "duration, with ms, s, min",
          "1s",
          "from 0ms to 10s",
          ConfigTypes.duration(Duration.ZERO, Duration.ofSeconds(10)),
          "How long the stage (never the job) waits for room in a full buffer before the"
              + " event is dropped, counted and logged.");

  static final ConfigKey<Boolean> SPOOL_ADOPT_ORPHANS =
      new ConfigKey<>(
          PREFIX + "spool.adoptOrphans",
          "boolean",
          "true",
          "true or false",
          ConfigTypes::bool,
          "Whether this driver also sends what drivers that are gone have left in `spool.dir`."
              + " Switch it off where `breakwater-lineage replay` does that.");

  static final ConfigKey<Duration> BACKOFF_MIN =
      new ConfigKey<>(
          PREFIX + "delivery.minBackoff",
          "duration, with ms, s, min",
          "200ms",
          "from 1ms to 1min",
          ConfigTypes.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
          "Wait after a first failed delivery. It doubles with each further one; half of it is"
              + " random.");

  static final ConfigKey<Duration> BACKOFF_MAX =
      new ConfigKey<>(
          PREFIX + "delivery.maxBackoff",
          "duration, with ms, s, min",
          "30s",
          "from 1ms to 1h",
          ConfigTypes.duration(Duration.ofMillis(1), Duration.ofHours(1)),
          "The longest wait between two attempts.");

  static final ConfigKey<Optional<URI>> ARCHIVE_PATH =
      new ConfigKey<>(
          PREFIX + "archive.path",
          "Hadoop path",
          "none",
          "none, or an absolute path with its scheme, such as s3a://bucket/lineage or"
              + " hdfs:///lineage",
          ConfigTypes::hadoopPath,
          "Where files of the spool are copied that wait for longer than `archive.interval`, for the"
              + " time after this machine. Read with the driver's Hadoop configuration"
              + " (`spark.hadoop.*`). `breakwater-lineage replay` sends what is there.");

  static final ConfigKey<Duration> ARCHIVE_INTERVAL =
      new ConfigKey<>(
          PREFIX + "archive.interval",
          "duration, with ms, s, min",
          "1min",
          "from 1s to 1h",
          ConfigTypes.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
          "Time between two copies, and so the most that is lost with the machine. Nothing is copied"
              + " as long as events are delivered.");

  static final ConfigKey<Boolean> UI_ENABLED =
      new ConfigKey<>(
          PREFIX + "ui.enabled",
          "boolean",
          "true",
          "true or false",
          ConfigTypes::bool,
          "Whether the Spark UI of the application has the tab Lineage.");

  static final ConfigKey<Long> UI_MAX_SIZE =
      new ConfigKey<>(
          PREFIX + "ui.maxSize",
          "bytes, with k, m, g",
          "16m",
          "from 64k to 1g",
          ConfigTypes.bytes(64L << 10, 1L << 30),
          "What the driver keeps in its heap for that tab, as JSON of about 2 KB for each run of a"
              + " query. Beyond that the tab forgets the runs that began first, and says so.");

  static final ConfigKey<Long> UI_EVENT_LOG_SIZE =
      new ConfigKey<>(
          PREFIX + "ui.eventLogSize",
          "bytes, with k, m, g",
          "16m",
          "0b or from 64k to 1g",
          text ->
              ConfigTypes.bytes(0, 1L << 30)
                  .apply(text)
                  .filter(size -> size == 0 || size >= 64L << 10),
          "How much lineage may be written to Spark's event log, if there is one, for the tab in the"
              + " History Server; about a twentieth of what Spark writes. Beyond that the tab has no more events, and"
              + " says so. `0b`: none.");

  static final ConfigKey<Path> EMR_INFO_DIR =
      new ConfigKey<>(
          PREFIX + "emr.infoDir",
          "path",
          "/mnt/var/lib/info",
          "an absolute path",
          ConfigTypes::absolutePath,
          "Where a node of Amazon EMR keeps the files that describe it. If there are none, the"
              + " driver is not on such a node.");

  static final ConfigKey<Duration> STOP_TIMEOUT =
      new ConfigKey<>(
          PREFIX + "stopTimeout",
          "duration, with ms, s, min",
          "1s",
          "from 0ms to 1min",
          ConfigTypes.duration(Duration.ZERO, Duration.ofMinutes(1)),
          "How long `spark.stop()` waits for the delivery of what is left. The rest stays in the"
              + " spool. A backend that is known to be down is not waited for.");

  /** Every key, in the order of the documentation and of the log. */
  static final List<ConfigKey<?>> ALL =
      List.of(
          ENABLED,
          SPOOL_DIR,
          EVENTS_QUEUE_SIZE,
          EVENTS_QUEUE_TIMEOUT,
          EVENTS_MAX_BYTES,
          EVENTS_BUILD_TIMEOUT,
          EVENTS_RUNNING,
          JOB_NAMESPACE,
          JOB_NAME,
          FILTER_JOBS,
          FILTER_DATASETS,
          PROCEDURES_READ_TIMEOUT,
          STREAMING_RUNNING_INTERVAL,
          STREAMING_BATCH_EVERY,
          STREAMING_BATCH_INTERVAL,
          SPOOL_MAX_SIZE,
          SPOOL_SEGMENT_SIZE,
          SPOOL_BUFFER_SIZE,
          SPOOL_BUFFER_TIMEOUT,
          SPOOL_ADOPT_ORPHANS,
          BACKOFF_MIN,
          BACKOFF_MAX,
          ARCHIVE_PATH,
          ARCHIVE_INTERVAL,
          UI_ENABLED,
          UI_MAX_SIZE,
          UI_EVENT_LOG_SIZE,
          EMR_INFO_DIR,
          STOP_TIMEOUT);

  private LineageKeys() {}

  /** What {@code conf} makes of all keys, for the log. None of the values is a secret. */
  static String describe(SparkConf conf) {
    return ALL.stream()
        .filter(key -> !key.equals(ENABLED))
        .map(key -> key.name().substring(PREFIX.length()) + "=" + key.effective(conf))
        .collect(Collectors.joining(" "));
  }

  /** A line for each name of {@code conf} that looks like a key and is none. */
  static List<String> unknown(SparkConf conf) {
    Set<String> names = new TreeSet<>();
    for (Tuple2<String, String> property : conf.getAllWithPrefix(PREFIX)) {
      names.add(PREFIX + property._1());
    }
    ALL.forEach(key -> names.remove(key.name()));
    String keys =
        ALL.stream()
            .map(key -> key.name().substring(PREFIX.length()))
            .collect(Collectors.joining(", ", PREFIX + "{", "}"));
    return names.stream()
        .map(name -> "Unknown " + name + ", must be one of " + keys + "; ignoring it")
        .toList();
  }
}
