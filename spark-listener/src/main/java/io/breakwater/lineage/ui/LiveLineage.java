package io.breakwater.lineage.ui;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.breakwater.lineage.deliver.ProblemLog;
import io.breakwater.lineage.scrub.TextScrubber;
import io.breakwater.lineage.view.EventDigest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lineage of this driver for those who look at it in Spark's pages: kept in memory for the tab
 * of the UI, and written to the event log for the one of the History Server, both as digests and
 * both bounded. {@link #add} is for one thread; nothing is ever thrown to the caller.
 */
public final class LiveLineage {

  private static final Logger LOG = LoggerFactory.getLogger(LiveLineage.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> ENDS = Set.of("COMPLETE", "FAIL", "ABORT");

  private final UiOptions options;
  private final Optional<KeptRuns> kept;
  private final Optional<EventLogFeed> log;
  private final EventDigest digest = new EventDigest();
  private final AtomicLong unreadable = new AtomicLong();
  private final ProblemLog problems = new ProblemLog(LOG);

  private LiveLineage(UiOptions options, Optional<KeptRuns> kept, Optional<EventLogFeed> log) {
    this.options = options;
    this.kept = kept;
    this.log = log;
  }

  /**
   * Keeps what {@code options} want and this driver has a UI or an event log for.
   *
   * @param patience how long the end of the event log waits for {@link #finish}
   */
  public static LiveLineage open(SparkConf conf, UiOptions options, Duration patience) {
    boolean ui = options.enabled() && conf.getBoolean("spark.ui.enabled", true);
    boolean log = options.eventLogBytes() > 0 && conf.getBoolean("spark.eventLog.enabled", false);
    LOG.debug("Lineage is {} in the Spark UI, {} in the event log", in(ui), in(log));
    return new LiveLineage(
        options,
        ui ? Optional.of(new KeptRuns(options.maxBytes())) : Optional.empty(),
        log ? Optional.of(new EventLogFeed(options.eventLogBytes(), patience)) : Optional.empty());
  }

  private static String in(boolean is) {
    return is ? "shown" : "not shown";
  }

  /** Adds the tab to the UI of {@code context}, and the lines to its event log. */
  public void attach(SparkContext context) {
    try {
      if (kept.isPresent() && context.ui().isDefined()) {
        LineageTab.attach(
            context.ui().get(),
            new Live(TextScrubber.safeText(context.appName()), context.applicationId()));
      }
      if (log.isPresent() && context.eventLogger().isDefined()) {
        log.get().attach(context);
      }
    } catch (RuntimeException | LinkageError e) {
      problems.error("Cannot show lineage in Spark's UI; the job runs without the tab", e);
    }
  }

  /** Adds an event as JSON. */
  public void add(byte[] event) {
    if (kept.isEmpty() && log.isEmpty()) {
      return;
    }
    try {
      JsonNode tree = JSON.readTree(event);
      Optional<ObjectNode> news = digest.add(tree);
      if (news.isPresent()) {
        keep(news.get());
      }
    } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
      unreadable.incrementAndGet();
      problems.error("Cannot keep a lineage event for the Spark UI", e);
    }
  }

  private void keep(ObjectNode news) throws JsonProcessingException {
    byte[] json = JSON.writeValueAsBytes(news);
    kept.ifPresent(
        runs ->
            runs.add(
                news.path("run").path("runId").asText(),
                ENDS.contains(news.path("eventType").asText()),
                json));
    log.ifPresent(feed -> feed.add(json));
  }

  /** Says that no event comes any more. */
  public void finish() {
    log.ifPresent(EventLogFeed::finish);
  }

  private final class Live implements LineageSource {

    private final String application;
    private final String id;

    Live(String application, String id) {
      this.application = application;
      this.id = id;
    }

    @Override
    public String name() {
      return application + " (" + id + "), which is running";
    }

    @Override
    public List<String> read(Consumer<byte[]> events) {
      List<String> missing = new ArrayList<>();
      long forgotten = kept.orElseThrow().read(events);
      if (forgotten > 0) {
        missing.add(
            "The first "
                + forgotten
                + " runs are not shown: the driver keeps "
                + options.maxBytes()
                + " bytes of lineage (spark.breakwater.lineage.ui.maxSize).");
      }
      if (unreadable.get() > 0) {
        missing.add(
            unreadable.get() + " events could not be kept; the driver's log has the reason.");
      }
      return missing;
    }
  }
}
