package io.breakwater.lineage.ui;

import io.breakwater.lineage.deliver.ProblemLog;
import io.breakwater.lineage.scrub.TextScrubber;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.status.AppHistoryServerPlugin;
import org.apache.spark.status.ElementTrackingStore;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.util.kvstore.KVStore;
import org.apache.spark.util.kvstore.KVStoreIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * Found by the History Server: keeps the {@link LoggedLineage} of an event log in the application's
 * store while Spark replays it, and shows it as a tab if there is any.
 */
public final class HistoryPlugin implements AppHistoryServerPlugin {

  private static final Logger LOG = LoggerFactory.getLogger(HistoryPlugin.class);

  private final ProblemLog problems = new ProblemLog(LOG);

  @Override
  public Seq<SparkListener> createListeners(SparkConf conf, ElementTrackingStore store) {
    return JavaConverters.asScalaBuffer(List.<SparkListener>of(new Replay(store)));
  }

  private static final class Replay extends SparkListener {

    private final KVStore store;
    private long index;

    Replay(KVStore store) {
      this.store = store;
    }

    @Override
    public void onOtherEvent(SparkListenerEvent event) {
      if (event instanceof LoggedLineage logged) {
        try {
          store.write(StoredLineage.of(index++, logged));
        } catch (Exception e) {
          throw new IllegalStateException("Cannot store lineage of an event log", e);
        }
      }
    }
  }

  @Override
  public void setupUI(SparkUI ui) {
    try {
      KVStore store = ui.store().store();
      if (store.count(StoredLineage.class) > 0) {
        LineageTab.attach(ui, new Stored(store, TextScrubber.safeText(ui.getAppName())));
      }
    } catch (Exception | LinkageError e) {
      problems.error("Cannot show lineage of " + ui.getAppName(), e);
    }
  }

  private record Stored(KVStore store, String application) implements LineageSource {

    @Override
    public String name() {
      return "the event log of " + application;
    }

    @Override
    public List<String> read(Consumer<byte[]> events) {
      long omitted = 0;
      try (KVStoreIterator<StoredLineage> all =
          store.view(StoredLineage.class).closeableIterator()) {
        while (all.hasNext()) {
          StoredLineage next = all.next();
          omitted = Math.max(omitted, next.omitted);
          if (!next.lineage.isEmpty()) {
            events.accept(next.lineage.getBytes(StandardCharsets.UTF_8));
          }
        }
      } catch (Exception e) {
        throw new IllegalStateException("Cannot read lineage of an event log: " + e, e);
      }
      List<String> missing = new ArrayList<>();
      if (omitted > 0) {
        missing.add(
            omitted
                + " events are not in the event log, because it has as much lineage as"
                + " spark.breakwater.lineage.ui.eventLogSize allows. Runs that are shown as running"
                + " may have ended.");
      }
      return missing;
    }
  }
}
