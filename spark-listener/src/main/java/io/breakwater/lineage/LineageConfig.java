package io.breakwater.lineage;

import io.breakwater.lineage.archive.ArchiveOptions;
import io.breakwater.lineage.deliver.DeliveryOptions;
import io.breakwater.lineage.events.EventStageOptions;
import io.breakwater.lineage.filter.FilterOptions;
import io.breakwater.lineage.spool.SpoolOptions;
import io.breakwater.lineage.streaming.StreamingOptions;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;
import scala.Tuple2;

/**
 * The properties {@code spark.breakwater.lineage.*} of a Spark configuration, checked.
 *
 * @param enabled whether anything is captured
 * @param spoolDirectory where drivers keep events that are not delivered yet
 * @param events the bounds of the stage between OpenLineage and the spool
 * @param filter what is left out of lineage
 * @param proceduresReadTimeout how long an event of a call waits for what is read from its table
 * @param streaming how much is said of streaming queries
 * @param spool the bounds of the spool
 * @param delivery how events are sent
 * @param archive where copies of what is not delivered are kept
 * @param emrInfoDirectory where a node of Amazon EMR describes itself
 * @param stopTimeout how long the end of an application waits for the delivery of what is left
 */
public record LineageConfig(
    boolean enabled,
    Path spoolDirectory,
    EventStageOptions events,
    FilterOptions filter,
    Duration proceduresReadTimeout,
    StreamingOptions streaming,
    SpoolOptions spool,
    DeliveryOptions delivery,
    ArchiveOptions archive,
    Path emrInfoDirectory,
    Duration stopTimeout) {

  private static final String PREFIX = "spark.breakwater.lineage.";
  private static final String DEFAULT_DIRECTORY =
      "${java.io.tmpdir}/breakwater-lineage-${user.name}";

  static final ConfigKey<Boolean> ENABLED =
      new ConfigKey<>(
          PREFIX + "enabled",
          "boolean",
          "true",
          "true or false",
          LineageConfig::bool,
          "Switches lineage off without taking the listener out of `spark.extraListeners`."
              + " `spark.openlineage.disabled` does so too.");

  static final ConfigKey<Path> SPOOL_DIR =
      new ConfigKey<>(
          PREFIX + "spool.dir",
          "path",
          DEFAULT_DIRECTORY,
          "an absolute path on a local file system of the driver, such as"
              + " /var/lib/breakwater-lineage",
          LineageConfig::absolutePath,
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
          integer(16, 65536),
          "Spark events, with what OpenLineage made of them, that may wait for our steps and for"
              + " being written as JSON.");

  static final ConfigKey<Duration> EVENTS_QUEUE_TIMEOUT =
      new ConfigKey<>(
          PREFIX + "events.queueTimeout",
          "duration, with ms, s, min",
          "1s",
          "from 0ms to 10s",
          duration(Duration.ZERO, Duration.ofSeconds(10)),
          "How long the lineage queue (never the job) waits for room among those before the new"
              + " events are dropped, counted and logged.");

  static final ConfigKey<Duration> PROCEDURES_READ_TIMEOUT =
      new ConfigKey<>(
          PREFIX + "procedures.readTimeout",
          "duration, with ms, s, min",
          "2s",
          "from 0ms to 10s",
          duration(Duration.ZERO, Duration.ofSeconds(10)),
          "How long an event of a `CALL` waits (never the job) for the table's metadata. After that"
              + " it goes on without, and says so.");

  static final ConfigKey<Optional<Duration>> EVENTS_RUNNING =
      new ConfigKey<>(
          PREFIX + "events.running",
          "all, none or a duration, with ms, s, min",
          "1min",
          "all, none or from 1ms to 1d",
          LineageConfig::running,
          "Which RUNNING events of batch queries and jobs there are. With a duration, one of a run"
              + " when a job begins so long after the last event of that run. `all`: two for each"
              + " job, for which OpenLineage walks the plan again. `none` leaves out those of"
              + " streaming queries too.");

  static final ConfigKey<Optional<Pattern>> FILTER_JOBS =
      new ConfigKey<>(
          PREFIX + "filter.excludeJobs",
          "regular expression",
          "none",
          "none or a regular expression",
          LineageConfig::pattern,
          "Leaves out the runs of jobs whose `namespace/name` it is found in. Runs that are children of"
              + " these stay.");

  static final ConfigKey<Optional<Pattern>> FILTER_DATASETS =
      new ConfigKey<>(
          PREFIX + "filter.excludeDatasets",
          "regular expression",
          "none",
          "none or a regular expression",
          LineageConfig::pattern,
          "Leaves out datasets whose `namespace/name` it is found in, also from column lineage. The"
              + " runs stay.");

  static final ConfigKey<Duration> STREAMING_RUNNING_INTERVAL =
      new ConfigKey<>(
          PREFIX + "streaming.runningInterval",
          "duration, with ms, s, min",
          "1min",
          "from 0ms to 1d",
          duration(Duration.ZERO, Duration.ofDays(1)),
          "The least time between two RUNNING events of a streaming query. `0ms`: one after every"
              + " micro-batch.");

  static final ConfigKey<Integer> STREAMING_BATCH_EVERY =
      new ConfigKey<>(
          PREFIX + "streaming.batchEvery",
          "integer",
          "1",
          "from 0 to 1000000",
          integer(0, 1_000_000),
          "Every nth micro-batch of a streaming query, beginning with the first, is a run of its own."
              + " 0: none.");

  static final ConfigKey<Duration> STREAMING_BATCH_INTERVAL =
      new ConfigKey<>(
          PREFIX + "streaming.batchInterval",
          "duration, with ms, s, min",
          "1min",
          "from 0ms to 1d",
          duration(Duration.ZERO, Duration.ofDays(1)),
          "The least time between two micro-batches that are. `0ms`: all that `streaming.batchEvery`"
              + " chooses.");

  static final ConfigKey<Long> SPOOL_MAX_SIZE =
      new ConfigKey<>(
          PREFIX + "spool.maxSize",
          "bytes, with k, m, g",
          "1g",
          "from 1m to 1t",
          bytes(1L << 20, 1L << 40),
          "Bytes that all drivers' events may take below `spool.dir`. When it is reached, new events"
              + " are dropped, counted and logged, and those on the disk are kept.");

  static final ConfigKey<Long> SPOOL_SEGMENT_SIZE =
      new ConfigKey<>(
          PREFIX + "spool.segmentSize",
          "bytes, with k, m, g",
          "8m",
          "from 64k to 64m",
          bytes(64L << 10, 64L << 20),
          "Size at which a new file is begun. Disk space is given back a file at a time.");

  static final ConfigKey<Long> SPOOL_BUFFER_SIZE =
      new ConfigKey<>(
          PREFIX + "spool.bufferSize",
          "bytes, with k, m, g",
          "16m",
          "from 64k to 1g",
          bytes(64L << 10, 1L << 30),
          "Heap for events that wait for the disk.");

  static final ConfigKey<Duration> SPOOL_BUFFER_TIMEOUT =
      new ConfigKey<>(
          PREFIX + "spool.bufferTimeout",
          "duration, with ms, s, min",
          "1s",
          "from 0ms to 10s",
          duration(Duration.ZERO, Duration.ofSeconds(10)),
          "How long the lineage queue (never the job) waits for room in a full buffer before the"
              + " event is dropped, counted and logged.");

  static final ConfigKey<Boolean> SPOOL_ADOPT_ORPHANS =
      new ConfigKey<>(
          PREFIX + "spool.adoptOrphans",
          "boolean",
          "true",
          "true or false",
          LineageConfig::bool,
          "Whether this driver also sends what drivers that are gone have left in `spool.dir`."
              + " Switch it off where `breakwater-lineage replay` does that.");

  static final ConfigKey<Duration> BACKOFF_MIN =
      new ConfigKey<>(
          PREFIX + "delivery.minBackoff",
          "duration, with ms, s, min",
          "200ms",
          "from 1ms to 1min",
          duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
          "Wait after a first failed delivery. It doubles with each further one; half of it is"
              + " random.");

  static final ConfigKey<Duration> BACKOFF_MAX =
      new ConfigKey<>(
          PREFIX + "delivery.maxBackoff",
          "duration, with ms, s, min",
          "30s",
          "from 1ms to 1h",
          duration(Duration.ofMillis(1), Duration.ofHours(1)),
          "The longest wait between two attempts.");

  static final ConfigKey<Optional<URI>> ARCHIVE_PATH =
      new ConfigKey<>(
          PREFIX + "archive.path",
          "Hadoop path",
          "none",
          "none, or an absolute path with its scheme, such as s3a://bucket/lineage or"
              + " hdfs:///lineage",
          LineageConfig::hadoopPath,
          "Where files of the spool are copied that wait for longer than `archive.interval`, for the"
              + " time after this machine. Read with the driver's Hadoop configuration"
              + " (`spark.hadoop.*`). `breakwater-lineage replay` sends what is there.");

  static final ConfigKey<Duration> ARCHIVE_INTERVAL =
      new ConfigKey<>(
          PREFIX + "archive.interval",
          "duration, with ms, s, min",
          "1min",
          "from 1s to 1h",
          duration(Duration.ofSeconds(1), Duration.ofHours(1)),
          "Time between two copies, and so the most that is lost with the machine. Nothing is copied"
              + " as long as events are delivered.");

  static final ConfigKey<Path> EMR_INFO_DIR =
      new ConfigKey<>(
          PREFIX + "emr.infoDir",
          "path",
          "/mnt/var/lib/info",
          "an absolute path",
          LineageConfig::absolutePath,
          "Where a node of Amazon EMR keeps the files that describe it. If there are none, the"
              + " driver is not on such a node.");

  static final ConfigKey<Duration> STOP_TIMEOUT =
      new ConfigKey<>(
          PREFIX + "stopTimeout",
          "duration, with ms, s, min",
          "1s",
          "from 0ms to 1min",
          duration(Duration.ZERO, Duration.ofMinutes(1)),
          "How long `spark.stop()` waits for the delivery of what is left. The rest stays in the"
              + " spool. A backend that is known to be down is not waited for.");

  /** Every key, in the order of the documentation. */
  static final List<ConfigKey<?>> KEYS =
      List.of(
          ENABLED,
          SPOOL_DIR,
          EVENTS_QUEUE_SIZE,
          EVENTS_QUEUE_TIMEOUT,
          EVENTS_RUNNING,
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
          EMR_INFO_DIR,
          STOP_TIMEOUT);

  /**
   * Reads all keys; the default stands in for a value that is not good.
   *
   * @param problems gets a line for every value out of its bound and every unknown key
   */
  public static LineageConfig of(SparkConf conf, List<String> problems) {
    LineageConfig config =
        new LineageConfig(
            ENABLED.read(conf, problems),
            SPOOL_DIR.read(conf, problems),
            new EventStageOptions(
                EVENTS_QUEUE_SIZE.read(conf, problems), EVENTS_QUEUE_TIMEOUT.read(conf, problems)),
            new FilterOptions(
                EVENTS_RUNNING.read(conf, problems),
                FILTER_JOBS.read(conf, problems),
                FILTER_DATASETS.read(conf, problems)),
            PROCEDURES_READ_TIMEOUT.read(conf, problems),
            new StreamingOptions(
                STREAMING_RUNNING_INTERVAL.read(conf, problems),
                STREAMING_BATCH_EVERY.read(conf, problems),
                STREAMING_BATCH_INTERVAL.read(conf, problems)),
            new SpoolOptions(
                SPOOL_MAX_SIZE.read(conf, problems),
                SPOOL_SEGMENT_SIZE.read(conf, problems).intValue(),
                SPOOL_BUFFER_SIZE.read(conf, problems),
                SPOOL_BUFFER_TIMEOUT.read(conf, problems)),
            new DeliveryOptions(
                BACKOFF_MIN.read(conf, problems),
                BACKOFF_MAX.read(conf, problems),
                SPOOL_ADOPT_ORPHANS.read(conf, problems)),
            new ArchiveOptions(
                ARCHIVE_PATH.read(conf, problems), ARCHIVE_INTERVAL.read(conf, problems)),
            EMR_INFO_DIR.read(conf, problems),
            STOP_TIMEOUT.read(conf, problems));
    if (config.delivery().maxBackoff().compareTo(config.delivery().minBackoff()) < 0) {
      problems.add(
          "Invalid "
              + BACKOFF_MAX.name()
              + ": "
              + config.delivery().maxBackoff().toMillis()
              + "ms, must be at least "
              + BACKOFF_MIN.name()
              + "; using "
              + config.delivery().minBackoff().toMillis()
              + "ms");
    }
    for (String name : unknownNames(conf)) {
      problems.add(
          "Unknown "
              + name
              + ", must be one of "
              + KEYS.stream()
                  .map(key -> key.name().substring(PREFIX.length()))
                  .collect(Collectors.joining(", ", PREFIX + "{", "}"))
              + "; ignoring it");
    }
    return config;
  }

  /** The settings by their keys, for the log. None of them is a secret. */
  String describe() {
    return String.format(
        "spool.dir=%s events.queueSize=%d events.queueTimeout=%dms events.running=%s filter.excludeJobs=%s filter.excludeDatasets=%s procedures.readTimeout=%dms streaming.runningInterval=%dms streaming.batchEvery=%d streaming.batchInterval=%dms spool.maxSize=%db spool.segmentSize=%db spool.bufferSize=%db"
            + " spool.bufferTimeout=%dms spool.adoptOrphans=%s delivery.minBackoff=%dms"
            + " delivery.maxBackoff=%dms archive.path=%s archive.interval=%dms emr.infoDir=%s stopTimeout=%dms",
        spoolDirectory,
        events.queueSize(),
        events.queueTimeout().toMillis(),
        filter.running().map(i -> i.isZero() ? "all" : i.toMillis() + "ms").orElse("none"),
        filter.jobs().map(Pattern::pattern).orElse("none"),
        filter.datasets().map(Pattern::pattern).orElse("none"),
        proceduresReadTimeout.toMillis(),
        streaming.runningInterval().toMillis(),
        streaming.batchEvery(),
        streaming.batchInterval().toMillis(),
        spool.maxBytes(),
        spool.segmentBytes(),
        spool.bufferBytes(),
        spool.bufferTimeout().toMillis(),
        delivery.adoptOrphans(),
        delivery.minBackoff().toMillis(),
        delivery.maxBackoff().toMillis(),
        archive.path().map(URI::toString).orElse("none"),
        archive.interval().toMillis(),
        emrInfoDirectory,
        stopTimeout.toMillis());
  }

  /** The directory that is used if no other can be. */
  static Path defaultSpoolDirectory() {
    return absolutePath(DEFAULT_DIRECTORY).orElseThrow();
  }

  private static Set<String> unknownNames(SparkConf conf) {
    Set<String> names = new TreeSet<>();
    for (Tuple2<String, String> property : conf.getAllWithPrefix(PREFIX)) {
      names.add(PREFIX + property._1());
    }
    KEYS.forEach(key -> names.remove(key.name()));
    return names;
  }

  private static Optional<Boolean> bool(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private static Optional<Optional<Duration>> running(String text) {
    return switch (text) {
      case "all" -> Optional.of(Optional.of(Duration.ZERO));
      case "none" -> Optional.of(Optional.empty());
      default ->
          duration(Duration.ofMillis(1), Duration.ofDays(1))
              .apply(text)
              .flatMap(apart -> Optional.of(Optional.of(apart)));
    };
  }

  private static Optional<Optional<Pattern>> pattern(String text) {
    if (text.equals("none")) {
      return Optional.of(Optional.empty());
    }
    try {
      return Optional.of(Optional.of(Pattern.compile(text)));
    } catch (PatternSyntaxException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> absolutePath(String text) {
    String expanded =
        text.replace("${java.io.tmpdir}", System.getProperty("java.io.tmpdir"))
            .replace("${user.name}", System.getProperty("user.name"));
    try {
      return Optional.of(Path.of(expanded)).filter(Path::isAbsolute).map(Path::normalize);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Function<String, Optional<Integer>> integer(int min, int max) {
    return text -> {
      try {
        return Optional.of(Integer.parseInt(text)).filter(value -> value >= min && value <= max);
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    };
  }

  private static Optional<Optional<URI>> hadoopPath(String text) {
    if (text.equals("none")) {
      return Optional.of(Optional.empty());
    }
    try {
      URI uri = new org.apache.hadoop.fs.Path(text).toUri();
      // A user in the authority would be shown in the log.
      boolean good =
          uri.getScheme() != null && uri.getUserInfo() == null && uri.getPath().startsWith("/");
      return good ? Optional.of(Optional.of(uri)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Function<String, Optional<Long>> bytes(long min, long max) {
    return text -> {
      try {
        return Optional.of(JavaUtils.byteStringAsBytes(text))
            .filter(bytes -> bytes >= min && bytes <= max);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    };
  }

  private static Function<String, Optional<Duration>> duration(Duration min, Duration max) {
    return text -> {
      try {
        return Optional.of(Duration.ofMillis(JavaUtils.timeStringAsMs(text)))
            .filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    };
  }
}
