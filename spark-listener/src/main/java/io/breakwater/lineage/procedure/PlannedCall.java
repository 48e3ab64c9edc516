package io.breakwater.lineage.procedure;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A call and the ways to its table. What is said of its plan is read on the capturing thread. */
interface PlannedCall {

  /** What was called. Immutable. */
  ProcedureCall call();

  /** The rows that it returned; empty if it has not returned any. Never runs the call. */
  Optional<CallResult> result();

  /** Reads what the table is called by OpenLineage. Takes the time that the catalog takes. */
  TableReading readAtStart();

  /**
   * Reads what the call did to its table. Takes the time that the catalog and the storage take.
   *
   * @param start when the call began, by this machine's clock
   * @param end when it ended
   * @param commits the snapshots that it is known to have made
   */
  TableReading readAtEnd(Instant start, Instant end, List<Commit> commits);
}
