package io.breakwater.lineage.events;

import io.breakwater.lineage.deliver.ProblemLog;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.transports.Transport;
import io.openlineage.spark.shaded.com.fasterxml.jackson.core.JsonProcessingException;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events from OpenLineage together with the Spark event that caused them, and works on them
 * on a daemon thread of its own: each goes through the {@link EventStep}s in order, is written as
 * JSON and given to the sink.
 *
 * <p>The queue between the two threads is bounded, also in bytes: events wait in it as JSON. When
 * it is full, the capturing one waits up to {@link EventStageOptions#queueTimeout}, then drops the
 * new events, counts them under their {@link StageDropReason} and logs the first. Nothing is thrown
 * to Spark. Safe for use by many threads.
 */
public final class EventStage {

  private static final Logger LOG = LoggerFactory.getLogger(EventStage.class);
  private static final Map<String, EventStage> OPEN = new ConcurrentHashMap<>();

  /** What OpenLineage emits on its own, before any Spark event. */
  private record NoCause() implements SparkListenerEvent {}

  /** Behind the last event. */
  private record End() implements SparkListenerEvent {}

  private final String name;
  private final EventStageOptions options;
  private final List<SparkEventReader> readers;
  private final StepChain chain;
  private final SizeBound size;
  private final Consumer<byte[]> sink;
  private final StageCounters counters = new StageCounters();
  private final ProblemLog problems = new ProblemLog(LOG);
  private final Set<StageDropReason> logged = EnumSet.noneOf(StageDropReason.class);
  private final StageQueue queue;
  private final Thread thread;

  private final Object capturing = new Object();
  private SparkListenerEvent cause = new NoCause();
  private List<OpenLineage.BaseEvent> current;

  private volatile LongConsumer onWorked = nanos -> {};
  private boolean reductionLogged;
  private volatile boolean closed;
  private volatile boolean abandoned;

  private EventStage(
      String name,
      EventStageOptions options,
      List<SparkEventReader> readers,
      List<EventStep> steps,
      Consumer<byte[]> sink) {
    this.name = name;
    this.options = options;
    this.readers = List.copyOf(readers);
    this.sink = sink;
    this.size = new SizeBound(options.maxBytes());
    this.chain = new StepChain(steps, counters, problems, this::encode);
    this.queue = new StageQueue(options.queueSize(), options.maxQueueBytes());
    this.thread = new Thread(this::run, "breakwater-lineage-events");
    thread.setDaemon(true);
  }

  /**
   * Opens a stage that transports of type {@link BreakwaterTransportBuilder#TYPE} find by its name.
   *
   * @param name not the name of another open stage of this process
   * @param readers what reads live objects of Spark on the capturing thread
   * @param steps what works on events, in this order
   * @param sink takes encoded events, on the stage's thread
   */
  public static EventStage open(
      String name,
      EventStageOptions options,
      List<SparkEventReader> readers,
      List<EventStep> steps,
      Consumer<byte[]> sink) {
    EventStage stage = new EventStage(name, options, readers, steps, sink);
    OPEN.put(name, stage);
    stage.thread.start();
    return stage;
  }

  static Transport transport(String name) {
    EventStage stage = name == null ? null : OPEN.get(name);
    if (stage == null) {
      throw new IllegalArgumentException(
          "Invalid spark.openlineage.transport.type: "
              + BreakwaterTransportBuilder.TYPE
              + ", must be the transport that finally gets the events, such as http; name"
              + " io.breakwater.lineage.LineageListener in spark.extraListeners for the spool");
    }
    return stage.transport();
  }

  /** The way into this stage for OpenLineage. */
  public Transport transport() {
    return new StageTransport(this);
  }

  /** The value of {@code spark.openlineage.transport.stage} that leads here. */
  public String name() {
    return name;
  }

  /** Has {@code listener} told, on the stage's thread, the nanoseconds spent on a Spark event. */
  public void onWorked(LongConsumer listener) {
    onWorked = listener;
  }

  /** What this stage has done. */
  public StageCounters counters() {
    return counters;
  }

  /**
   * Lets {@code listener} handle {@code event}, and takes what it emits meanwhile as caused by it.
   * One call at a time; what {@code listener} throws goes to the caller.
   */
  public void capture(SparkListenerEvent event, Consumer<SparkListenerEvent> listener) {
    read(event);
    List<OpenLineage.BaseEvent> emitted = new ArrayList<>();
    try {
      collect(event, listener, emitted);
    } finally {
      if (!(event instanceof SparkListenerTaskEnd) || !emitted.isEmpty()) {
        offer(event, emitted);
      }
    }
  }

  private void collect(
      SparkListenerEvent event,
      Consumer<SparkListenerEvent> listener,
      List<OpenLineage.BaseEvent> emitted) {
    synchronized (capturing) {
      cause = event;
      current = emitted;
    }
    try {
      listener.accept(event);
    } finally {
      synchronized (capturing) {
        current = null;
        cause = LightEvents.withoutPlan(event);
      }
    }
  }

  private void read(SparkListenerEvent event) {
    for (SparkEventReader reader : readers) {
      try {
        reader.read(event);
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        problems.error(
            "Cannot read " + event.getClass().getSimpleName() + " by " + reader.getClass(), e);
      }
    }
  }

  /**
   * Takes an event from whatever thread OpenLineage emits it on. What was given up as overdue
   * stands in the counters as such, and others have told of the run meanwhile.
   */
  void emit(OpenLineage.BaseEvent event) {
    if (!BuildThread.mayEmit()) {
      return;
    }
    counters.countReceived();
    SparkListenerEvent last;
    synchronized (capturing) {
      if (current != null) {
        current.add(event);
        return;
      }
      last = cause;
    }
    offer(last, List.of(event));
  }

  private void offer(SparkListenerEvent event, List<OpenLineage.BaseEvent> emitted) {
    if (closed) {
      drop(StageDropReason.STOPPED, emitted.size(), null);
      return;
    }
    List<byte[]> written = new ArrayList<>(emitted.size());
    emitted.forEach(each -> write(each, written));
    try {
      SparkListenerEvent light = LightEvents.withoutPlan(event);
      StageQueue.Entry entry = new StageQueue.Entry(light, written);
      if (!queue.offer(entry, options.queueTimeout().toNanos())) {
        drop(StageDropReason.QUEUE_FULL, written.size(), null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      drop(StageDropReason.STOPPED, written.size(), e);
    }
  }

  /**
   * As JSON, of which it is known how large it is, and within the bound, so that no step copies
   * more.
   */
  private void write(OpenLineage.BaseEvent event, List<byte[]> written) {
    try {
      byte[] json = OpenLineageClientUtils.toJson(event).getBytes(StandardCharsets.UTF_8);
      if (json.length > options.maxBytes()) {
        ObjectNode tree = EventJson.tree(json);
        if (size.exceededBy(json.length, tree) && size.reduce(tree, json.length)) {
          json = EventJson.bytes(tree);
        }
      }
      written.add(json);
    } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
      drop(StageDropReason.NOT_ENCODED, 1, e);
    }
  }

  /**
   * Takes no more events and works on those that it has; after {@code timeout} the rest is dropped
   * and counted.
   *
   * @return false if {@code timeout} passed first
   */
  public boolean close(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    closed = true;
    OPEN.remove(name);
    if (queue.offer(new StageQueue.Entry(new End(), List.of()), timeout.toNanos())) {
      thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
    }
    boolean done = !thread.isAlive();
    if (!done) {
      abandoned = true;
      queue
          .replaceBy(new StageQueue.Entry(new End(), List.of()))
          .forEach(rest -> drop(StageDropReason.STOPPED, rest.events().size(), null));
    }
    return done;
  }

  private void run() {
    try {
      SparkListenerEvent last = new NoCause();
      StageQueue.Entry next = queue.take();
      while (!(next.cause() instanceof End) && !abandoned) {
        last = next.cause();
        long begin = System.nanoTime();
        work(next);
        onWorked.accept(System.nanoTime() - begin);
        next = queue.take();
      }
      chain.finish(last);
    } catch (InterruptedException e) {
      // Nobody but the end of the process interrupts this thread.
      closed = true;
    }
  }

  private void work(StageQueue.Entry captured) {
    for (byte[] event : captured.events()) {
      try {
        chain.accept(EventJson.tree(event), captured.cause());
      } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
        drop(StageDropReason.NOT_ENCODED, 1, e);
      }
    }
    chain.observe(captured.cause());
  }

  private byte[] bytes(ObjectNode event) throws JsonProcessingException {
    byte[] json = EventJson.bytes(event);
    if (size.exceededBy(json.length, event) && size.reduce(event, json.length)) {
      json = EventJson.bytes(event);
    }
    if (SizeBound.hasReduced(event)) {
      counters.countReduced();
      if (!reductionLogged) {
        reductionLogged = true;
        LOG.warn(
            "A lineage event was larger than events.maxBytes ({}), or those of the open runs"
                + " together too large: facets are left out and named in its facet {}; further ones"
                + " are counted, not logged",
            options.maxBytes(),
            SizeBound.FACET.key());
      }
    }
    return json;
  }

  private void encode(ObjectNode event) {
    try {
      byte[] json = bytes(event);
      sink.accept(json);
      counters.countPassedOn();
    } catch (JsonProcessingException | RuntimeException | StackOverflowError e) {
      drop(StageDropReason.NOT_ENCODED, 1, e);
    }
  }

  private void drop(StageDropReason reason, int events, Throwable failure) {
    if (events == 0) {
      return;
    }
    counters.countDropped(reason, events);
    boolean first;
    synchronized (logged) {
      first = logged.add(reason);
    }
    if (first) {
      LOG.error(
          "Cannot keep a lineage event: {}; further ones are counted, not logged",
          reason.meaning(),
          failure);
    }
  }
}
