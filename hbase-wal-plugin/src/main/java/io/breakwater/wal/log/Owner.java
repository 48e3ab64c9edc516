package io.breakwater.wal.log;

/**
 * The cluster that may write to a workspace.
 *
 * @param name as it was given to {@link Workspace#own}
 * @param epoch grows by one each time another cluster takes the workspace over
 * @param since when it took it, in milliseconds since the epoch
 * @param liveProcesses processes of it that are alive, as far as can be seen
 */
public record Owner(String name, long epoch, long since, int liveProcesses) {}
