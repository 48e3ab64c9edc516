package io.breakwater.wal.log.bookkeeper;

import io.breakwater.wal.log.LogCorruptException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.DigestType;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client of BookKeeper, set up so that its known weaknesses do not matter. */
final class Ledgers implements Closeable {

  /** Names the workspace in the metadata of a ledger. */
  static final String WORKSPACE = "breakwater-workspace";

  /** Names the log in the metadata of a ledger. */
  static final String LOG_ID = "breakwater-log";

  private static final Logger LOG = LoggerFactory.getLogger(Ledgers.class);
  private static final int QUARANTINE_SECONDS = 60;
  private static final String RELOCATED = "io.breakwater.wal.shaded.";
  private static final byte[] PASSWORD = "breakwater".getBytes(StandardCharsets.UTF_8);

  private final BookKeeper client;
  private final BookKeeperOptions options;
  private final String workspace;
  private final BookieHealth health;

  /** Null if the connections to bookies are not encrypted. */
  private final Tls tls;

  static Ledgers connect(BookKeeperOptions options, String workspace) throws IOException {
    Tls tls = options.tls() == null ? null : Tls.load(options.tls());
    ClientConfiguration settings = settings(options);
    if (tls != null) {
      TlsHandlerFactory.use(settings, tls);
    }
    try {
      var client = org.apache.bookkeeper.client.BookKeeper.forConfig(settings).build();
      Ledgers ledgers = new Ledgers(client, options, workspace, tls);
      try {
        ledgers.requireTls(client);
      } catch (IOException | RuntimeException e) {
        ledgers.close();
        throw e;
      }
      return ledgers;
    } catch (org.apache.bookkeeper.client.api.BKException e) {
      throw new IOException(
          "Cannot open workspace "
              + workspace
              + ": BookKeeper at "
              + options.zooKeeper()
              + options.ledgersPath()
              + " cannot be used: "
              + e.getMessage()
              + "; check breakwater.wal.bookkeeper.zookeeper and that the bookies run",
          e);
    } catch (InterruptedException e) {
      throw ZooKeeperSession.interrupted("connect to BookKeeper", e);
    }
  }

  private Ledgers(BookKeeper client, BookKeeperOptions options, String workspace, Tls tls) {
    this.client = client;
    this.options = options;
    this.workspace = workspace;
    this.tls = tls;
    this.health =
        new BookieHealth(
            ((org.apache.bookkeeper.client.BookKeeper) client).getClientCtx(),
            options.requestTimeout().dividedBy(2));
  }

  /** Finds wrong certificates now, instead of with the first append. */
  private void requireTls(org.apache.bookkeeper.client.BookKeeper bookies) throws IOException {
    if (tls == null) {
      return;
    }
    try {
      if (bookies.getBookieInfo().isEmpty() && tls.problem().isPresent()) {
        throw new IOException(
            "Cannot open workspace " + workspace + ": no bookie answers; " + tls.problem().get());
      }
    } catch (InterruptedException e) {
      throw ZooKeeperSession.interrupted("connect to BookKeeper", e);
    } catch (org.apache.bookkeeper.client.api.BKException e) {
      throw new IOException(
          "Cannot open workspace " + workspace + ": the bookies do not answer: " + explain(e), e);
    }
  }

  static ClientConfiguration settings(BookKeeperOptions options) {
    ClientConfiguration conf = new ClientConfiguration();
    conf.setMetadataServiceUri(
        "zk+hierarchical://" + options.zooKeeper().replace(',', ';') + options.ledgersPath());
    // The layout in ZooKeeper names BookKeeper's classes as they are called without relocation.
    conf.setAllowShadedLedgerManagerFactoryClass(true);
    conf.setShadedLedgerManagerFactoryClassPrefix(RELOCATED);
    conf.setZkTimeout((int) options.sessionTimeout().toMillis());
    int seconds = Math.max(1, (int) options.requestTimeout().toSeconds());
    conf.setAddEntryTimeout(seconds);
    conf.setReadEntryTimeout(seconds);
    // Without it an append to a hanging bookie would wait for ever.
    conf.setAddEntryQuorumTimeout(2 * seconds);
    // A bookie that fails is replaced only when too few are left to acknowledge: with as many
    // bookies as the ensemble has, there is none to take its place. BookieHealth sees to the rest.
    conf.setDelayEnsembleChange(true);
    conf.setBookieQuarantineTime(QUARANTINE_SECONDS, TimeUnit.SECONDS);
    // 5,000 requests a second otherwise; what is under way is bounded by the appender.
    conf.setThrottleValue(0);
    conf.setEnsemblePlacementPolicy(options.placement().policy());
    conf.setNumIOThreads(2);
    conf.setNumWorkerThreads(2);
    // Readers in other processes see the last append only through it.
    conf.setExplictLacInterval(100);
    conf.setEnableDigestTypeAutodetection(true);
    options.client().forEach(conf::setProperty);
    return conf;
  }

  /**
   * Creates a ledger. If there are too few good bookies for the ensemble, one on as many as
   * acknowledge: an acknowledged entry has as many copies on it as on any other. If there are not
   * even those, waits for them, as long as an append may take.
   */
  WriteHandle create(UUID log) throws IOException {
    long deadline = System.nanoTime() + options.appendTimeout().toNanos();
    while (true) {
      try {
        return createNow(log);
      } catch (IOException e) {
        if (code(e) != BKException.Code.NotEnoughBookiesException || System.nanoTime() > deadline) {
          throw e;
        }
        LOG.warn("Cannot create a ledger for log {} yet: {}", log, e.getMessage());
        pause("create a ledger for log " + log);
      }
    }
  }

  /** A moment, another one each time, before something is tried again. */
  static void pause(String what) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(200, 600));
    } catch (InterruptedException e) {
      throw ZooKeeperSession.interrupted(what, e);
    }
  }

  private WriteHandle createNow(UUID log) throws IOException {
    String what = "create a ledger for log " + log;
    try {
      WriteHandle handle = await(what, create(log, options.ensemble(), options.writeQuorum()));
      if (options.ackQuorum() == options.ensemble()
          || !health.impaired(handle.getLedgerMetadata())) {
        return handle;
      }
      deleteUnused(handle.getId(), log);
    } catch (IOException e) {
      if (code(e) != BKException.Code.NotEnoughBookiesException
          || options.ackQuorum() == options.ensemble()) {
        throw e;
      }
    }
    WriteHandle handle = await(what, create(log, options.ackQuorum(), options.ackQuorum()));
    LOG.warn(
        "Ledger {} of log {} is on {} bookies, because there are not {} good ones; see to the"
            + " others",
        handle.getId(),
        log,
        options.ackQuorum(),
        options.ensemble());
    return handle;
  }

  private CompletableFuture<WriteHandle> create(UUID log, int ensemble, int writeQuorum) {
    return client
        .newCreateLedgerOp()
        .withEnsembleSize(ensemble)
        .withWriteQuorumSize(writeQuorum)
        .withAckQuorumSize(options.ackQuorum())
        .withDigestType(DigestType.CRC32C)
        .withPassword(PASSWORD)
        .withCustomMetadata(
            Map.of(
                WORKSPACE,
                workspace.getBytes(StandardCharsets.UTF_8),
                LOG_ID,
                log.toString().getBytes(StandardCharsets.UTF_8)))
        .execute();
  }

  /** Opens a ledger; {@code recovery} fences its writer and closes it. */
  CompletableFuture<ReadHandle> open(long ledger, boolean recovery) {
    return client
        .newOpenLedgerOp()
        .withLedgerId(ledger)
        .withDigestType(DigestType.CRC32C)
        .withPassword(PASSWORD)
        .withRecovery(recovery)
        .execute();
  }

  CompletableFuture<Void> delete(long ledger) {
    return client.newDeleteLedgerOp().withLedgerId(ledger).execute();
  }

  /** Deletes, some time, a ledger that no record names. */
  void deleteUnused(long ledger, UUID log) {
    var unused =
        delete(ledger)
            .whenComplete(
                (done, e) -> {
                  if (e != null) {
                    LOG.warn("Ledger {} of log {} is left over: {}", ledger, log, explain(e));
                  }
                });
  }

  BookKeeper client() {
    return client;
  }

  BookieHealth health() {
    return health;
  }

  /** Waits for a future of the client, at most as long as an append may take. */
  <T> T await(String what, Future<T> future) throws IOException {
    try {
      return future.get(options.appendTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw ZooKeeperSession.interrupted(what, e);
    } catch (ExecutionException e) {
      throw new IOException(
          "Cannot " + what + ": " + explain(e.getCause()) + tlsProblem(e.getCause()), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(
          "Cannot "
              + what
              + ": BookKeeper has not answered in "
              + options.appendTimeout().toMillis()
              + " ms (breakwater.wal.bookkeeper.append-timeout)",
          e);
    }
  }

  /** The last problem with TLS, where it may be the reason. */
  private String tlsProblem(Throwable failure) {
    if (tls == null) {
      return "";
    }
    return switch (code(failure)) {
      case BKException.Code.NotEnoughBookiesException,
          BKException.Code.BookieHandleNotAvailableException,
          BKException.Code.SecurityException ->
          tls.problem().map(problem -> "; " + problem).orElse("");
      default -> "";
    };
  }

  /**
   * Waits for something of a ledger that must be there.
   *
   * @throws LogCorruptException if no bookie has it whole
   */
  <T> T awaitStored(String what, Future<T> future) throws IOException {
    try {
      return await(what, future);
    } catch (IOException e) {
      if (isGone(e)
          || code(e) == BKException.Code.NoSuchEntryException
          || code(e) == BKException.Code.DigestMatchException) {
        LogCorruptException corrupt =
            new LogCorruptException(
                "Cannot " + what + ": no bookie has it whole (" + explain(e.getCause()) + ")");
        corrupt.initCause(e);
        throw corrupt;
      }
      throw e;
    }
  }

  /** Whether it failed because the ledger was deleted. */
  static boolean isGone(Throwable failure) {
    int code = code(failure);
    return code == BKException.Code.NoSuchLedgerExistsException
        || code == BKException.Code.NoSuchLedgerExistsOnMetadataServerException;
  }

  /** What BookKeeper means, with the usual cause where its own words mislead. */
  static String explain(Throwable failure) {
    if (failure instanceof BKException bk) {
      return switch (bk.getCode()) {
        case BKException.Code.NotEnoughBookiesException ->
            "too few bookies answer or take writes (" + bk.getMessage() + ")";
        case BKException.Code.MetadataVersionException ->
            "somebody else has changed the ledger's metadata (" + bk.getMessage() + ")";
        case BKException.Code.SecurityException ->
            "a bookie and this client do not agree on TLS ("
                + bk.getMessage()
                + "); see breakwater.wal.bookkeeper.tls.enabled";
        case BKException.Code.UnauthorizedAccessException ->
            "a bookie does not let this client in ("
                + bk.getMessage()
                + "); see breakwater.wal.bookkeeper.tls.enabled and the bookie's authorizedRoles";
        default -> "BookKeeper says " + bk.getMessage();
      };
    }
    return String.valueOf(failure);
  }

  /** BookKeeper's code of a failure; 0 if it is none of BookKeeper. */
  static int code(Throwable failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof org.apache.bookkeeper.client.api.BKException)) {
      cause = cause.getCause();
    }
    return cause == null ? 0 : ((org.apache.bookkeeper.client.api.BKException) cause).getCode();
  }

  @Override
  public void close() throws IOException {
    try {
      client.close();
    } catch (InterruptedException e) {
      throw ZooKeeperSession.interrupted("close the client of BookKeeper", e);
    } catch (org.apache.bookkeeper.client.api.BKException e) {
      throw new IOException("Cannot close the client of BookKeeper: " + explain(e), e);
    }
  }
}
