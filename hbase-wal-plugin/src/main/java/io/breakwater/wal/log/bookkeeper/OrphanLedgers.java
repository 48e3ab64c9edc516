package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.Orphan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.apache.bookkeeper.client.api.LedgersIterator;
import org.apache.bookkeeper.client.api.ListLedgersResult;

/**
 * Ledgers that were created for a workspace and that no log of it names: what is left of a server
 * that died between the two.
 */
final class OrphanLedgers {

  private final String workspace;
  private final Catalog catalog;
  private final Ledgers ledgers;

  OrphanLedgers(String workspace, Catalog catalog, Ledgers ledgers) {
    this.workspace = workspace;
    this.catalog = catalog;
    this.ledgers = ledgers;
  }

  List<Orphan> find(Duration minAge) throws IOException {
    long youngest = System.currentTimeMillis() - minAge.toMillis();
    List<LedgerMetadata> ours = new ArrayList<>();
    for (long ledger : all()) {
      LedgerMetadata metadata = ours(ledger);
      if (metadata != null && metadata.getCtime() <= youngest) {
        ours.add(metadata);
      }
    }
    // After the ledgers: one that is named since counts as named.
    Set<Long> named = named();
    return ours.stream()
        .filter(metadata -> !named.contains(metadata.getLedgerId()))
        .map(
            metadata ->
                new Orphan(
                    Long.toString(metadata.getLedgerId()),
                    metadata.getLength(),
                    metadata.getCtime()))
        .toList();
  }

  void delete(Orphan orphan) throws IOException {
    long ledger;
    try {
      ledger = Long.parseLong(orphan.id());
    } catch (NumberFormatException e) {
      throw new IOException("Cannot delete " + orphan + ": must be the number of a ledger", e);
    }
    if (named().contains(ledger)) {
      throw new IOException("Cannot delete ledger " + ledger + ": a log names it");
    }
    if (ours(ledger) != null) {
      ledgers.await("delete ledger " + ledger, ledgers.delete(ledger));
    }
  }

  private List<Long> all() throws IOException {
    List<Long> found = new ArrayList<>();
    ListLedgersResult result =
        ledgers.await("list the ledgers", ledgers.client().newListLedgersOp().execute());
    try {
      for (LedgersIterator each = result.iterator(); each.hasNext(); ) {
        found.add(each.next());
      }
    } finally {
      close(result);
    }
    return found;
  }

  private static void close(ListLedgersResult result) throws IOException {
    try {
      result.close();
    } catch (InterruptedException e) {
      throw ZooKeeperSession.interrupted("list the ledgers", e);
    } catch (Exception e) {
      // The type of what close() may throw.
      throw new IOException("Cannot list the ledgers: " + e.getMessage(), e);
    }
  }

  /** The metadata of a ledger of this workspace; null if it is another's, or gone. */
  private LedgerMetadata ours(long ledger) throws IOException {
    LedgerMetadata metadata;
    try {
      metadata =
          ledgers.await("look at ledger " + ledger, ledgers.client().getLedgerMetadata(ledger));
    } catch (IOException e) {
      if (Ledgers.isGone(e)) {
        return null;
      }
      throw e;
    }
    byte[] owner = metadata.getCustomMetadata().get(Ledgers.WORKSPACE);
    return Arrays.equals(owner, workspace.getBytes(StandardCharsets.UTF_8)) ? metadata : null;
  }

  private Set<Long> named() throws IOException {
    Set<Long> named = new HashSet<>();
    for (List<LogRecord> records : List.of(catalog.records().logs(), catalog.records().trash())) {
      records.forEach(record -> record.segments().forEach(segment -> named.add(segment.ledger())));
    }
    return named;
  }
}
