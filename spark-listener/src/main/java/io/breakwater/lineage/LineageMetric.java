package io.breakwater.lineage;

/** One metric: the only place where its name, unit and meaning are said. */
enum LineageMetric {
  EMITTED("emitted", Kind.COUNT, "events", "Events that OpenLineage has built.", ""),
  SPOOLED("spooled", Kind.COUNT, "events", "Events that are, or were, on the disk.", ""),
  DELIVERED(
      "delivered", Kind.COUNT, "events", "Events of this driver that the transport has taken.", ""),
  ADOPTED(
      "adopted",
      Kind.COUNT,
      "events",
      "Events of drivers that are gone that this one has sent.",
      ""),
  REFUSED(
      "refused",
      Kind.COUNT,
      "events",
      "Events, of this driver or adopted, that the backend refused for good; dead letters.",
      "increases"),
  DROPPED(
      "dropped",
      Kind.COUNT,
      "events",
      "Events that were lost for any of the reasons below.",
      "increases"),
  FAILED_ATTEMPTS(
      "failedAttempts",
      Kind.COUNT,
      "attempts",
      "Deliveries that failed and are tried again.",
      "increases while `lag` does"),
  DAMAGED(
      "damaged",
      Kind.COUNT,
      "places",
      "Places on the disk that could not be read back.",
      "increases"),
  STEP_FAILURES(
      "stepFailures",
      Kind.COUNT,
      "failures",
      "Times that an event went on uncorrected because a step threw.",
      "increases"),
  REDUCED(
      "reduced",
      Kind.COUNT,
      "events",
      "Events from which facets were left out because they were larger than `events.maxBytes`, or"
          + " made from one of too many open runs with large events.",
      ""),
  OVERDUE(
      "overdue",
      Kind.COUNT,
      "runs",
      "Queries and jobs whose events lack something because building one took longer than"
          + " `events.buildTimeout`.",
      "increases"),
  ENDED(
      "ended",
      Kind.COUNT,
      "events",
      "Events made to end runs that drivers that are gone had left open.",
      ""),
  COPIED("archive.copied", Kind.COUNT, "files", "Files copied to `archive.path`.", ""),
  COPY_FAILURES(
      "archive.failures",
      Kind.COUNT,
      "attempts",
      "Copies that failed and are tried again.",
      "increases"),
  WAITING(
      "waiting",
      Kind.GAUGE,
      "events",
      "Events of this driver on the disk that are not delivered.",
      ""),
  LAG(
      "lag",
      Kind.GAUGE,
      "milliseconds",
      "For how long the oldest of them has waited; 0 if none does.",
      "exceeds 5 minutes"),
  BYTES(
      "bytes",
      Kind.GAUGE,
      "bytes",
      "What all drivers' events take below `spool.dir`.",
      "exceeds half of `spool.maxSize`"),
  LISTENER_TIME(
      "listenerTime",
      Kind.TIMER,
      "milliseconds",
      "Time on the lineage queue's thread for one event of Spark, ends of tasks excepted: handing"
          + " it over. More than a moment only if 1024 events wait already.",
      "p99 exceeds a second"),
  CAPTURE_TIME(
      "captureTime",
      Kind.TIMER,
      "milliseconds",
      "Time on the thread behind it for the same: reading plans, building events and writing them"
          + " as JSON.",
      "p99 exceeds a second"),
  STAGE_TIME(
      "stageTime",
      Kind.TIMER,
      "milliseconds",
      "Time on the thread behind it for the same: correcting, encoding and handing over to the"
          + " spool.",
      "");

  /** What a sink makes of it. */
  enum Kind {
    COUNT("gauge that only grows"),
    GAUGE("gauge"),
    TIMER("timer: count, rates, min, max, mean, percentiles");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private final String metricName;
  private final Kind kind;
  private final String unit;
  private final String meaning;
  private final String alert;

  LineageMetric(String metricName, Kind kind, String unit, String meaning, String alert) {
    this.metricName = metricName;
    this.kind = kind;
    this.unit = unit;
    this.meaning = meaning;
    this.alert = alert;
  }

  String metricName() {
    return metricName;
  }

  Kind kind() {
    return kind;
  }

  String unit() {
    return unit;
  }

  String meaning() {
    return meaning;
  }

  /** When to worry, completing "alert when it ..."; empty for never. */
  String alert() {
    return alert;
  }
}
