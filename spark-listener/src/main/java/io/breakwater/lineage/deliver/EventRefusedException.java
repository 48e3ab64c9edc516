package io.breakwater.lineage.deliver;

/** The backend says that it will never take this event, however often it is sent. */
public final class EventRefusedException extends Exception {

  /** A refusal with the backend's answer for a reason. */
  public EventRefusedException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
