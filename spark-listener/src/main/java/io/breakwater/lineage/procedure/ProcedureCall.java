package io.breakwater.lineage.procedure;

import java.util.Map;
import java.util.Optional;

/**
 * One {@code CALL} as it was written.
 *
 * @param catalog the catalog whose procedure it is
 * @param procedure the name after {@code system.}
 * @param table the table that it works on, without its catalog; empty if it has no such argument
 * @param branch the branch of that table, {@code main} unless the call says otherwise
 * @param arguments those that were given, in the order of the procedure's parameters, as JSON
 *     values (text, numbers, booleans, lists, maps), without secrets
 * @param effect what it does to its table
 * @param jobSuffix the end of the name of its job, behind the name of the application
 */
record ProcedureCall(
    String catalog,
    String procedure,
    Optional<String> table,
    String branch,
    Map<String, Object> arguments,
    ProcedureEffect effect,
    String jobSuffix) {

  /** The procedure as SQL names it. */
  String qualifiedName() {
    return catalog + ".system." + procedure;
  }
}
