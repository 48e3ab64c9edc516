package io.breakwater.lineage;

import io.breakwater.lineage.archive.Archive;
import io.breakwater.lineage.archive.ArchiveOptions;
import io.breakwater.lineage.archive.Archiver;
import io.breakwater.lineage.deliver.LineageCounts;
import io.breakwater.lineage.deliver.LineagePipeline;
import io.breakwater.lineage.deliver.SpoolCopies;
import io.breakwater.lineage.deliver.TransportDelegate;
import io.breakwater.lineage.events.BreakwaterTransportBuilder;
import io.breakwater.lineage.events.CompleteRuns;
import io.breakwater.lineage.events.EventStage;
import io.breakwater.lineage.events.EventStep;
import io.breakwater.lineage.events.ExactSnapshots;
import io.breakwater.lineage.events.FillInputs;
import io.breakwater.lineage.events.JobEventGate;
import io.breakwater.lineage.events.LinkHelpers;
import io.breakwater.lineage.events.QueryJobs;
import io.breakwater.lineage.events.RddReader;
import io.breakwater.lineage.events.RunFacetStep;
import io.breakwater.lineage.events.SparkEventReader;
import io.breakwater.lineage.events.ValidDataSources;
import io.breakwater.lineage.facets.EmrEnvironment;
import io.breakwater.lineage.filter.EventFilter;
import io.breakwater.lineage.procedure.ProcedureReader;
import io.breakwater.lineage.procedure.ProcedureStep;
import io.breakwater.lineage.scrub.ScrubSecrets;
import io.breakwater.lineage.streaming.StreamReader;
import io.breakwater.lineage.streaming.StreamStep;
import io.openlineage.spark.agent.ArgumentParser;
import io.openlineage.spark.agent.OpenLineageSparkListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
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
final class OpenLineageCapture {

  private static final Logger LOG = LoggerFactory.getLogger(OpenLineageCapture.class);

  /** What is built already deserves the moment that it takes to write it down. */
  private static final Duration MIN_DRAIN = Duration.ofMillis(500);

  private static final String TRANSPORT = "spark.openlineage.transport.";

  private final OpenLineageSparkListener stock;
  private final JobEventGate gate;
  private final EventStage stage;
  private final LineagePipeline pipeline;
  private final LineageMetrics metrics;
  private final LineageConfig config;

  private OpenLineageCapture(
      OpenLineageSparkListener stock,
      JobEventGate gate,
      EventStage stage,
      LineagePipeline pipeline,
      LineageMetrics metrics,
      LineageConfig config) {
    this.stock = stock;
    this.gate = gate;
    this.stage = stage;
    this.pipeline = pipeline;
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
    Optional<Archiver> archiver = archiver(delegateConf, config.archive());
    LineagePipeline pipeline = openPipeline(delegateConf, config, archiver);
    SparkConf stockConf = conf.clone();
    for (Tuple2<String, String> property : conf.getAllWithPrefix(TRANSPORT)) {
      stockConf.remove(TRANSPORT + property._1());
    }
    stockConf.set(TRANSPORT + "type", BreakwaterTransportBuilder.TYPE);
    ProcedureReader procedures = new ProcedureReader(config.proceduresReadTimeout());
    StreamReader streams = new StreamReader(config.proceduresReadTimeout());
    RddReader rdds = new RddReader();
    QueryJobs jobs = new QueryJobs();
    JobEventGate gate = new JobEventGate(config.filter().running(), rdds);
    List<SparkEventReader> readers = List.of(procedures, streams, rdds, jobs, gate);
    List<EventStep> steps = new ArrayList<>();
    steps.add(new ProcedureStep(procedures));
    steps.add(new FillInputs(rdds));
    steps.add(jobs);
    steps.add(ExactSnapshots.listening());
    steps.add(new ValidDataSources());
    steps.add(new CompleteRuns());
    steps.add(new StreamStep(streams, config.streaming()));
    steps.add(new LinkHelpers());
    emr(conf, config).ifPresent(steps::add);
    steps.add(new ScrubSecrets());
    steps.add(new EventFilter(config.filter()));
    EventStage stage =
        EventStage.open(pipeline.name(), config.events(), readers, steps, pipeline::append);
    stockConf.set(TRANSPORT + "stage", stage.name());
    LineageMetrics metrics = new LineageMetrics(pipeline, stage, archiver);
    stage.onWorked(metrics::staged);
    try {
      OpenLineageSparkListener stock = new OpenLineageSparkListener(stockConf);
      register(metrics);
      return new OpenLineageCapture(stock, gate, stage, pipeline, metrics, config);
    } catch (RuntimeException | LinkageError e) {
      stage.close(Duration.ZERO);
      pipeline.stop(Duration.ZERO);
      throw e;
    }
  }

  private static Optional<EventStep> emr(SparkConf conf, LineageConfig config) {
    return EmrEnvironment.read(
            config.emrInfoDirectory(),
            System.getenv(),
            System.getProperty("user.dir", ""),
            name -> conf.get(name, null))
        .map(facet -> new RunFacetStep(EmrEnvironment.FACET, facet));
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

  private static LineagePipeline openPipeline(
      SparkConf conf, LineageConfig config, Optional<Archiver> archiver) throws IOException {
    try {
      return openPipeline(conf, config, archiver, config.spoolDirectory());
    } catch (IOException e) {
      Path fallback = LineageConfig.defaultSpoolDirectory();
      LOG.error(
          "Cannot open the lineage spool {}: {}; using {}. Make {} a directory that the driver may"
              + " write",
          config.spoolDirectory(),
          e.toString(),
          fallback,
          LineageConfig.SPOOL_DIR.name());
      return openPipeline(conf, config, archiver, fallback);
    }
  }

  private static LineagePipeline openPipeline(
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
        config.describe());
    return pipeline;
  }

  private static Optional<Archiver> archiver(SparkConf conf, ArchiveOptions archive) {
    return archive
        .path()
        .map(
            path ->
                new Archiver(
                    () -> Archive.open(path, SparkHadoopUtil.get().newConfiguration(conf)),
                    archive));
  }

  void accept(SparkListenerEvent event) {
    if (event instanceof SparkListenerTaskEnd) {
      capture(event);
      return;
    }
    long begin = System.nanoTime();
    try {
      capture(event);
    } finally {
      metrics.listened(System.nanoTime() - begin);
    }
  }

  private void capture(SparkListenerEvent event) {
    stage.capture(event, cause -> EventTap.dispatch(stock, cause));
    if (event instanceof SparkListenerApplicationStart) {
      gate.guard(stock);
    }
  }

  /** Stops within the configured time and logs what has become of the events. */
  void stop() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + config.stopTimeout().toNanos();
    stage.close(max(config.stopTimeout(), MIN_DRAIN));
    pipeline.stop(max(Duration.ofNanos(deadline - System.nanoTime()), Duration.ZERO));
    LineageCounts counts =
        pipeline.counts().after(stage.counters().received(), stage.counters().dropped());
    LOG.info(
        "Lineage at the end of the application: {}{}",
        counts,
        counts.waiting() > 0
            ? "; the next driver or breakwater-lineage replay sends the rest"
            : "");
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
