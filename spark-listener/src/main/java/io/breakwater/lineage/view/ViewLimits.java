package io.breakwater.lineage.view;

/**
 * What a model holds at most. Whatever is over is left out and named in {@link
 * LineageModel#notices}.
 *
 * @param datasets datasets
 * @param jobs jobs
 * @param runs runs of all jobs; each job keeps the same number of its latest ones
 * @param runsPerJob runs of each job, the latest
 * @param versionsPerJob versions of each job, the latest
 * @param columnEdges column edges of all versions of all jobs
 */
public record ViewLimits(
    int datasets, int jobs, int runs, int runsPerJob, int versionsPerJob, int columnEdges) {

  private static final int NODES = 5_000;

  public ViewLimits {
    requirePositive("datasets", datasets);
    requirePositive("jobs", jobs);
    requirePositive("runs", runs);
    requirePositive("runsPerJob", runsPerJob);
    requirePositive("versionsPerJob", versionsPerJob);
    requirePositive("columnEdges", columnEdges);
  }

  /**
   * 5,000 datasets and jobs, 10,000 runs; 100 runs and 20 versions of each job, 300,000 column
   * edges.
   */
  public static ViewLimits defaults() {
    return new ViewLimits(NODES, NODES, 10_000, 100, 20, 300_000);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("Invalid " + name + ": " + value + ", must be at least 1");
    }
  }
}
