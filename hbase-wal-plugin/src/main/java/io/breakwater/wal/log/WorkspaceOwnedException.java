package io.breakwater.wal.log;

import java.io.IOException;
import java.time.Instant;

/** The workspace belongs to another cluster: nothing was changed, and nothing can be created. */
public final class WorkspaceOwnedException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Somebody who does not own {@code workspace} wants to do {@code what} to it. */
  public WorkspaceOwnedException(String what, String workspace, Owner owner) {
    super(
        "Cannot "
            + what
            + " workspace "
            + workspace
            + ": it belongs to "
            + owner.name()
            + " since "
            + Instant.ofEpochMilli(owner.since())
            + " (epoch "
            + owner.epoch()
            + "), of which "
            + owner.liveProcesses()
            + " processes are alive; stop them, or take the workspace from them for good with"
            + " `breakwater-wal takeover` or breakwater.wal.takeover=true");
  }
}
