package io.breakwater.lineage.view;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Takes the column lineage away from the oldest versions, so that a number of edges remains. */
final class ColumnEdgeLimit {

  private final long limit;

  private record Place(int job, int version, JobVersion value) {}

  ColumnEdgeLimit(long limit) {
    this.limit = limit;
  }

  /** Changes {@code jobs} in place; how many versions have lost their column lineage. */
  int apply(List<LineageJob> jobs) {
    List<Place> latestFirst = new ArrayList<>();
    for (int job = 0; job < jobs.size(); job++) {
      List<JobVersion> versions = jobs.get(job).versions();
      for (int version = 0; version < versions.size(); version++) {
        latestFirst.add(new Place(job, version, versions.get(version)));
      }
    }
    latestFirst.sort(Comparator.comparing((Place place) -> place.value().last()).reversed());
    long edges = 0;
    int without = 0;
    for (Place place : latestFirst) {
      long more = place.value().shape().outputs().stream().mapToLong(o -> o.columns().size()).sum();
      if (edges + more <= limit) {
        edges += more;
      } else {
        without++;
        List<JobVersion> versions = new ArrayList<>(jobs.get(place.job()).versions());
        versions.set(place.version(), withoutColumns(place.value()));
        jobs.set(place.job(), jobs.get(place.job()).withVersions(versions));
      }
    }
    return without;
  }

  private static JobVersion withoutColumns(JobVersion version) {
    List<DatasetShape> outputs =
        version.shape().outputs().stream()
            .map(output -> new DatasetShape(output.dataset(), output.schema(), List.of()))
            .toList();
    return new JobVersion(
        new JobShape(version.shape().inputs(), outputs),
        version.first(),
        version.last(),
        version.runs());
  }
}
