package io.breakwater.wal.log.bookkeeper;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.BookieWatcher;
import org.apache.bookkeeper.client.ClientContext;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.apache.bookkeeper.net.BookieId;
import org.apache.bookkeeper.proto.BookieClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees bookies that no ledger should be written to: those that are gone, and those that do not take
 * what is sent to them. As long as the others are enough to acknowledge, the client would go on
 * with such a bookie, write fewer copies than asked for, and keep in the heap whatever a hanging
 * one does not take.
 */
final class BookieHealth {

  private static final Logger LOG = LoggerFactory.getLogger(BookieHealth.class);

  private final BookieWatcher watcher;
  private final BookieClient connections;
  private final long patience;
  private final Map<BookieId, Long> clogged = new ConcurrentHashMap<>();

  /**
   * @param patience how long a bookie may take nothing
   */
  BookieHealth(ClientContext client, Duration patience) {
    this.watcher = client.getBookieWatcher();
    this.connections = client.getBookieClient();
    this.patience = patience.toNanos();
  }

  /** Whether a bookie of the ledger is bad. To be called several times in the time of patience. */
  boolean impaired(LedgerMetadata ledger) {
    List<BookieId> ensemble = ledger.getAllEnsembles().lastEntry().getValue();
    boolean impaired = false;
    for (BookieId bookie : ensemble) {
      impaired |= bad(bookie, ledger.getLedgerId());
    }
    return impaired;
  }

  private boolean bad(BookieId bookie, long ledger) {
    if (watcher.isBookieUnavailable(bookie)) {
      return true;
    }
    if (connections.isWritable(bookie, ledger)) {
      clogged.remove(bookie);
      return false;
    }
    long now = System.nanoTime();
    Long since = clogged.putIfAbsent(bookie, now);
    if (since == null || now - since < patience) {
      return false;
    }
    // The client remembers it for as long as it was told to, and chooses others.
    watcher.quarantineBookie(bookie);
    LOG.debug("Bookie {} takes nothing", bookie);
    return true;
  }

  /** Whether there are so many bookies that are not bad. Asks ZooKeeper. */
  boolean enough(int ensemble) {
    try {
      return watcher.getBookies().stream().filter(bookie -> !bad(bookie, 0)).count() >= ensemble;
    } catch (BKException e) {
      LOG.warn("Cannot see whether there are {} bookies: {}", ensemble, Ledgers.explain(e));
      return false;
    }
  }
}
