package io.breakwater.iceberg.verify;

import io.breakwater.iceberg.plan.PartitionFilter;
import io.breakwater.iceberg.plan.TableDeletes;
import io.breakwater.iceberg.plan.Target;
import io.breakwater.iceberg.run.Attempts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every deletion vector and every delete file of a snapshot, and repairs if asked. A check
 * ends with findings, not with an exception, whatever bytes it meets; it fails only if Spark or the
 * catalog does.
 */
public final class Verification {
  private static final Logger LOG = LoggerFactory.getLogger(Verification.class);

  private final SparkSession spark;
  private final Target target;
  private final PartitionFilter where;
  private final VerifyOptions options;

  /**
   * A check that is not begun.
   *
   * @param spark where it runs
   * @param target the table and branch; the table is refreshed
   * @param where the partitions whose deletes are checked
   * @param options how much is returned
   */
  public Verification(
      SparkSession spark, Target target, PartitionFilter where, VerifyOptions options) {
    this.spark = spark;
    this.target = target;
    this.where = where;
    this.options = options;
  }

  /** Checks; writes nothing. Ends with the row of the table. */
  public List<VerifyRow> check() {
    Findings findings = find();
    return rows(findings, new Repairs(target, findings), false, null);
  }

  /**
   * Checks, and repairs in one commit what is provably repairable.
   *
   * @throws org.apache.iceberg.exceptions.CommitFailedException if concurrent commits were in the
   *     way in every attempt; the table is unchanged
   * @throws org.apache.iceberg.exceptions.CommitStateUnknownException if the catalog cannot say
   *     whether it committed; the new file is kept
   */
  public List<VerifyRow> repair() {
    return Attempts.run(
        target,
        Repairs.PURPOSE,
        options.conflictRetries(),
        attempt -> {
          Findings findings = find();
          Repairs repairs = new Repairs(target, findings);
          if (findings.listed().stream().noneMatch(repairs::repairs)) {
            LOG.info("Nothing to repair in {}", target.name());
            return rows(findings, repairs, false, null);
          }
          Optional<Snapshot> snapshot = repairs.run();
          LOG.info("Repaired deletion vectors of {}", target.name());
          return rows(findings, repairs, true, snapshot.map(Snapshot::snapshotId).orElse(null));
        });
  }

  private Findings find() {
    target.table().refresh();
    TableDeletes.requireReadable(target.table());
    Findings findings = new TableCheck(spark, target, where, options.maxFindings()).run();
    LOG.info(
        "Checked {} deletion vectors and {} delete files of {}: {} errors, {} warnings",
        findings.vectors(),
        findings.deleteFiles(),
        target.name(),
        findings.errors(),
        findings.warnings());
    return findings;
  }

  private static List<VerifyRow> rows(
      Findings findings, Repairs repairs, boolean repaired, Long repairSnapshotId) {
    List<VerifyRow> rows = new ArrayList<>();
    for (Finding finding : findings.listed()) {
      Code code = Code.valueOf(finding.code());
      boolean repairable = repairs.repairs(finding);
      rows.add(
          new VerifyRow(
              "finding",
              code.severity().name(),
              code.name(),
              finding.dataFile(),
              finding.file(),
              finding.offset(),
              finding.problem(),
              remedy(code, finding, repairs, repaired && repairable),
              repairable,
              repaired && repairable,
              null,
              null,
              null,
              null,
              null,
              findings.snapshotId(),
              repaired && repairable ? repairSnapshotId : null));
    }
    long repairable = rows.stream().filter(VerifyRow::repairable).count();
    long all = findings.errors() + findings.warnings();
    rows.add(
        new VerifyRow(
            "table",
            findings.errors() > 0
                ? Severity.ERROR.name()
                : findings.warnings() > 0 ? Severity.WARNING.name() : "OK",
            null,
            null,
            null,
            null,
            "%d findings, %d of them returned, %d repairable"
                .formatted(all, findings.listed().size(), repairable),
            repaired
                ? "call again to see what is left"
                : repairable > 0 ? "call with repair => true" : "nothing to repair",
            repairable > 0,
            repaired,
            findings.vectors(),
            findings.deleteFiles(),
            findings.bytes(),
            findings.errors(),
            findings.warnings(),
            findings.snapshotId(),
            repairSnapshotId));
    return rows;
  }

  private static String remedy(Code code, Finding finding, Repairs repairs, boolean repaired) {
    if (repaired) {
      return finding.repair().equals(Finding.Repair.REMOVE.name())
          ? "the entry was removed; expire_snapshots deletes the file"
          : "the blob was copied into a new file";
    }
    if (finding.repair() == null) {
      return code.remedy().equals(Code.REPAIR)
          ? "not repaired, because it is not the only thing wrong: see the other findings of the"
              + " file"
          : code.remedy();
    }
    String refusal = repairs.refusal(finding);
    return refusal == null ? Code.REPAIR : refusal;
  }
}
