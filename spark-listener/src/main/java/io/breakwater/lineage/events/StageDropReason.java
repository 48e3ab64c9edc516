package io.breakwater.lineage.events;

/** Why an event did not reach the spool. */
public enum StageDropReason {
  QUEUE_FULL("the steps do not keep up and the queue stayed full"),
  NOT_ENCODED("it cannot be written as JSON"),
  STOPPED("the application ended before the steps had come to it");

  private final String meaning;

  StageDropReason(String meaning) {
    this.meaning = meaning;
  }

  /** The reason in words, for a log line. */
  public String meaning() {
    return meaning;
  }
}
