package io.breakwater.lineage;

import io.breakwater.lineage.archive.Archiver;
import io.breakwater.lineage.dataset.DatasetNames;
import io.breakwater.lineage.deliver.LineageCounts;
import io.breakwater.lineage.deliver.LineagePipeline;
import io.breakwater.lineage.events.BreakwaterTransportBuilder;
import io.breakwater.lineage.events.CompleteRuns;
import io.breakwater.lineage.events.EventStage;
import io.breakwater.lineage.events.EventStep;
import io.breakwater.lineage.events.ExactSnapshots;
import io.breakwater.lineage.events.FillInputs;
import io.breakwater.lineage.events.JobEventGate;
import io.breakwater.lineage.events.LinkHelpers;
import io.breakwater.lineage.events.NameLacks;
import io.breakwater.lineage.events.PlainWriteContexts;
import io.breakwater.lineage.events.QueryBook;
import io.breakwater.lineage.events.QueryJobs;
import io.breakwater.lineage.events.RddJobNames;
import io.breakwater.lineage.events.RddReader;
import io.breakwater.lineage.events.RunFacetStep;
import io.breakwater.lineage.events.ScrubSecrets;
import io.breakwater.lineage.events.SparkEventReader;
import io.breakwater.lineage.events.TimedBuilds;
import io.breakwater.lineage.events.UnreadRuns;
import io.breakwater.lineage.events.ValidDataSources;
import io.breakwater.lineage.facets.EmrEnvironment;
import io.breakwater.lineage.filter.DisabledFacets;
import io.breakwater.lineage.filter.EventFilter;
import io.breakwater.lineage.naming.NameJobs;
import io.breakwater.lineage.procedure.ProcedureReader;
import io.breakwater.lineage.procedure.ProcedureStep;
import io.breakwater.lineage.scrub.TextScrubber;
import io.breakwater.lineage.streaming.StreamReader;
import io.breakwater.lineage.streaming.StreamStep;
import io.breakwater.lineage.ui.LiveLineage;
import io.openlineage.client.transports.FacetsConfig;
import io.openlineage.spark.agent.ArgumentParser;
import io.openlineage.spark.agent.OpenLineageSparkListener;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * OpenLineage's Spark listener with a spool for its transport. The one class of this package that
 * needs OpenLineage on the class path; loaded when the application starts, not before.
 */
final class OpenLineageCapture implements CaptureThread.Work {

  private static final Logger LOG = LoggerFactory.getLogger(OpenLineageCapture.class);

  /** What is built already deserves the moment that it takes to write it down. */
  private static final Duration MIN_DRAIN = Duration.ofMillis(500);

  private static final String APPLICATION_RUN = "spark.openlineage.applicationRunId";
  private static final String APPLICATION_NAME = "spark.openlineage.appName";
  private static final String TRANSPORT = "spark.openlineage.transport.";

  private final TimedBuilds builds;
  private final OpenLineageSparkListener stock;
  private final JobEventGate gate;
  private final EventStage stage;
  private final LineagePipeline pipeline;
  private final LiveLineage live;
  private final LineageMetrics metrics;
  private final LineageConfig config;
  private final CaptureThread thread = new CaptureThread(this);

  private OpenLineageCapture(
      TimedBuilds builds,
      OpenLineageSparkListener stock,
      JobEventGate gate,
      EventStage stage,
      LineagePipeline pipeline,
      LiveLineage live,
      LineageMetrics metrics,
      LineageConfig config) {
    this.builds = builds;
    this.stock = stock;
    this.gate = gate;
    this.stage = stage;
    this.pipeline = pipeline;
    this.live = live;
    this.metrics = metrics;
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
    Optional<Archiver> archiver = DriverPipeline.archiver(delegateConf, config.archive());
    LineagePipeline pipeline = DriverPipeline.open(delegateConf, config, archiver);
    try {
      return open(conf, config, pipeline, archiver);
    } catch (RuntimeException | LinkageError e) {
      pipeline.stop(Duration.ZERO);
      throw e;
    }
  }

  private static OpenLineageCapture open(
      SparkConf conf, LineageConfig config, LineagePipeline pipeline, Optional<Archiver> archiver) {
    SparkConf stockConf = conf.clone();
    for (Tuple2<String, String> property : conf.getAllWithPrefix(TRANSPORT)) {
      stockConf.remove(TRANSPORT + property._1());
    }
    stockConf.set(TRANSPORT + "type", BreakwaterTransportBuilder.TYPE);
    if (!conf.contains(APPLICATION_RUN)) {
      stockConf.set(APPLICATION_RUN, UUID.randomUUID().toString());
    }
    stockConf.set(TRANSPORT + "stage", pipeline.name());
    nameWithoutSecrets(stockConf);
    OpenLineageSparkListener stock = new OpenLineageSparkListener(stockConf);
    TimedBuilds builds = builds(stock, stockConf, config);
    ProcedureReader procedures = new ProcedureReader(config.proceduresReadTimeout());
    StreamReader streams = new StreamReader(config.proceduresReadTimeout());
    RddReader rdds = new RddReader();
    QueryJobs jobs = new QueryJobs();
    JobEventGate gate =
        new JobEventGate(
            config.filter().running(),
            rdds,
            id -> procedures.isPartOfCall(id) || streams.isPartOfStream(id),
            builds::hasBegun);
    DatasetNames names = DatasetNames.of(stockConf);
    List<SparkEventReader> readers = List.of(procedures, streams, rdds, jobs, gate);
    List<EventStep> steps = new ArrayList<>();
    steps.add(new RddJobNames());
    steps.add(new ProcedureStep(procedures, names));
    steps.add(new FillInputs(rdds));
    steps.add(ExactSnapshots.listening());
    steps.add(new UnreadRuns(builds));
    steps.add(new CompleteRuns(streams::isStopped));
    steps.add(jobs);
    steps.add(new NameLacks(builds));
    steps.add(new StreamStep(streams, config.streaming(), names));
    steps.add(new ValidDataSources());
    steps.add(new LinkHelpers());
    Optional<ObjectNode> emr = emr(conf, config);
    emr.ifPresent(facet -> steps.add(new RunFacetStep(EmrEnvironment.FACET, facet)));
    steps.add(new NameJobs(config.naming(), appName(conf), user(), emr));
    steps.add(new DisabledFacets(disabledFacets(stockConf)));
    steps.add(new ScrubSecrets());
    steps.add(new EventFilter(config.filter()));
    LiveLineage live = LiveLineage.open(conf, config.ui(), max(config.stopTimeout(), MIN_DRAIN));
    Consumer<byte[]> sink = pipeline::append;
    EventStage stage =
        EventStage.open(pipeline.name(), config.events(), readers, steps, sink.andThen(live::add));
    LineageMetrics metrics = new LineageMetrics(pipeline, stage, builds, archiver);
    stage.onWorked(metrics::staged);
    register(metrics);
    OpenLineageCapture capture =
        new OpenLineageCapture(builds, stock, gate, stage, pipeline, live, metrics, config);
    capture.thread.start();
    return capture;
  }

  /** OpenLineage makes words of the name, in which nobody can find a secret any more. */
  private static void nameWithoutSecrets(SparkConf conf) {
    String name = appName(conf);
    String clean = TextScrubber.safeText(name);
    if (!clean.equals(name)) {
      conf.set(APPLICATION_NAME, clean);
    }
  }

  /** OpenLineage's listener twice: the second, without column lineage, if the first is too slow. */
  private static TimedBuilds builds(
      OpenLineageSparkListener full, SparkConf conf, LineageConfig config) {
    SparkConf lightConf = conf.clone().set("spark.openlineage.columnLineage.schemaSizeLimit", "-1");
    lightConf.set("spark.openlineage.columnLineage.datasetLineageEnabled", "true");
    OpenLineageSparkListener light = new OpenLineageSparkListener(lightConf);
    return new TimedBuilds(
        event -> EventTap.dispatch(full, event),
        event -> EventTap.dispatch(light, event),
        new QueryBook(full).andThen(new QueryBook(light)),
        config.buildTimeout(),
        new ApplicationStop(),
        config.stopTimeout().dividedBy(2));
  }

  private static Set<String> disabledFacets(SparkConf conf) {
    FacetsConfig facets = ArgumentParser.parse(conf.clone()).getFacetsConfig();
    return Set.of(facets.getEffectiveDisabledFacets());
  }

  private static String appName(SparkConf conf) {
    return conf.get(APPLICATION_NAME, conf.get("spark.app.name", "none"));
  }

  private static String user() {
    return System.getProperty("user.name", "none");
  }

  private static Optional<ObjectNode> emr(SparkConf conf, LineageConfig config) {
    return EmrEnvironment.read(
        config.emrInfoDirectory(),
        System.getenv(),
        System.getProperty("user.dir", ""),
        name -> conf.get(name, null));
  }

  /** The source stays with the metrics system, for the last report of its sinks. */
  private static void register(LineageMetrics metrics) {
    SparkEnv environment = SparkEnv.get();
    if (environment != null) {
      try {
        environment.metricsSystem().registerSource(metrics);
      } catch (RuntimeException | LinkageError e) {
        LOG.warn("Cannot register the metrics of lineage: {}", e.toString());
      }
    }
  }

  /** Takes an event on the listener's thread. */
  void accept(SparkListenerEvent event) throws InterruptedException {
    if (event instanceof SparkListenerTaskEnd) {
      thread.accept(event);
      return;
    }
    long begin = System.nanoTime();
    thread.accept(event);
    metrics.listened(System.nanoTime() - begin);
  }

  @Override
  public void capture(SparkListenerEvent event) {
    if (event instanceof SparkListenerTaskEnd) {
      stage.capture(event, builds);
      return;
    }
    long begin = System.nanoTime();
    try {
      stage.capture(event, builds);
    } finally {
      metrics.captured(System.nanoTime() - begin);
    }
    if (event instanceof SparkListenerApplicationStart) {
      gate.guard(stock);
      PlainWriteContexts.install(stock, gate::startSaysAll);
    }
  }

  /** Shows lineage in Spark's own pages, now that there is a context. */
  void attach(SparkContext context) {
    live.attach(context);
  }

  /** Stops within the configured time and logs what has become of the events. */
  void stop() throws IOException, InterruptedException {
    if (!thread.awaitEnd(max(config.stopTimeout(), MIN_DRAIN))) {
      LOG.warn(
          "Not all of Spark's last events were read within {} ms (stopTimeout)",
          config.stopTimeout().toMillis());
    }
    long deadline = System.nanoTime() + config.stopTimeout().toNanos();
    try {
      stage.close(max(config.stopTimeout(), MIN_DRAIN));
    } finally {
      live.finish();
    }
    pipeline.stop(max(Duration.ofNanos(deadline - System.nanoTime()), Duration.ZERO));
    LineageCounts counts =
        pipeline.counts().after(stage.counters().received(), stage.counters().dropped());
    LOG.info(
        "Lineage at the end of the application: {} reduced={} overdue={}{}",
        counts,
        stage.counters().reduced(),
        builds.overdue(),
        counts.waiting() > 0
            ? "; the next driver or breakwater-lineage replay sends the rest"
            : "");
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
