package io.breakwater.lineage.archive;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether and how segments are copied off the driver's machine.
 *
 * @param path the directory of all drivers' copies; nothing for no copies
 * @param interval the time between two copies of what is not delivered
 */
public record ArchiveOptions(Optional<URI> path, Duration interval) {

  /** No copies. */
  public static ArchiveOptions none() {
    return new ArchiveOptions(Optional.empty(), Duration.ofMinutes(1));
  }
}
