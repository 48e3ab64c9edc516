package io.breakwater.iceberg.maintain;

import io.breakwater.iceberg.plan.Advice;
import io.breakwater.iceberg.plan.Budget;
import io.breakwater.iceberg.plan.Target;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.actions.RewriteManifests;
import org.apache.iceberg.spark.actions.SparkActions;
import org.apache.spark.sql.SparkSession;

/**
 * Many small delete manifests become few, by Iceberg's own action: every scan plans faster. The
 * action knows the main branch only.
 */
final class MergeManifestsStep implements Step {
  static final String ACTION = "rewrite_manifests";

  private final SparkSession spark;
  private final Target target;

  MergeManifestsStep(SparkSession spark, Target target) {
    this.spark = spark;
    this.target = target;
  }

  @Override
  public String action() {
    return ACTION;
  }

  @Override
  public Plan plan() {
    target.table().refresh();
    Snapshot snapshot = target.snapshot();
    if (snapshot == null || !target.branch().equals(SnapshotRef.MAIN_BRANCH)) {
      return new Plan(false, 0, "Iceberg merges the manifests of the main branch only");
    }
    int manifests = 0;
    long entries = 0;
    long bytes = 0;
    for (ManifestFile manifest : snapshot.deleteManifests(target.table().io())) {
      manifests++;
      entries += manifest.addedFilesCount() + manifest.existingFilesCount();
      bytes += manifest.length();
    }
    return new Plan(
        Advice.manifestsAreWorthMerging(manifests, entries),
        bytes,
        "%d delete manifests for %d delete files".formatted(manifests, entries));
  }

  @Override
  public Done run(Budget budget) {
    Plan plan = plan();
    if (!plan.due() || !budget.take(plan.bytes())) {
      return new Done(false, !plan.due(), 0, 0, null, plan.reason());
    }
    RewriteManifests.Result result =
        SparkActions.get(spark)
            .rewriteManifests(target.table())
            .rewriteIf(manifest -> manifest.content() == ManifestContent.DELETES)
            .execute();
    target.table().refresh();
    return new Done(
        true,
        true,
        length(result.rewrittenManifests()),
        length(result.addedManifests()),
        target.snapshot().snapshotId(),
        "%s, now %d".formatted(plan.reason(), count(result.addedManifests())));
  }

  private static long length(Iterable<ManifestFile> manifests) {
    long length = 0;
    for (ManifestFile manifest : manifests) {
      length += manifest.length();
    }
    return length;
  }

  private static int count(Iterable<ManifestFile> manifests) {
    int count = 0;
    for (ManifestFile ignored : manifests) {
      count++;
    }
    return count;
  }
}
