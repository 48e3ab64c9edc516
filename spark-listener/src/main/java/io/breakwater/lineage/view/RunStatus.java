package io.breakwater.lineage.view;

/** How far a run has come. Of several terminal events the one counts that stands last here. */
public enum RunStatus {
  /** No terminal event has been seen. */
  RUNNING,
  ABORT,
  COMPLETE,
  FAIL
}
