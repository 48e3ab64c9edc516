package io.breakwater.wal.cli;

import io.breakwater.wal.log.PathStatus;
import io.breakwater.wal.log.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "cost",
    description = {
      "Estimates what the logs at and below a location cost in the Amazon EMR WAL and in"
          + " BookKeeper, with the prices of a file that you edit: docs/samples/wal-prices.properties.",
      "What is written is taken from the logs that are there now and their age, unless --written says"
          + " it; their number is that of the open logs, unless --wals says it."
    })
final class CostCommand extends LocationCommand {

  private static final double GIB = 1L << 30;
  private static final long LEAST_SPAN_MILLIS = 60_000;

  @Option(
      names = "--prices",
      required = true,
      paramLabel = "FILE",
      description =
          "The prices. One that is not in it is not known, and nothing is assumed for it.")
  private Path prices;

  @Option(
      names = "--hours",
      paramLabel = "N",
      defaultValue = "730",
      description = "For how long; default ${DEFAULT-VALUE}, a month.")
  private double hours;

  @Option(
      names = "--wals",
      paramLabel = "N",
      description = "Logs that are open at a time: servers times groups, and meta and master.")
  private Double wals;

  @Option(names = "--written", paramLabel = "GIB", description = "GiB written per hour.")
  private Double writtenPerHour;

  @Option(
      names = "--read",
      paramLabel = "GIB",
      defaultValue = "0",
      description = "GiB read per hour, by recovery and replication; default ${DEFAULT-VALUE}.")
  private double readPerHour;

  @Override
  public Integer call() throws IOException {
    requirePositive("--hours", hours);
    requireNotNegative("--read", readPerHour);
    Prices known = new Prices(prices);
    Location location = location();
    Workspace workspace = existing(location.workspace(), configuration());
    Tree tree = Tree.below(workspace, require(workspace, location)).whole();
    double count = wals == null ? tree.unsealed().size() : wals;
    if (count <= 0) {
      throw usage(
          "Missing --wals: no log is open at " + location + ", so it must be given, above 0");
    }
    double rate = writtenPerHour == null ? writtenPerHour(tree, location) : writtenPerHour;
    requireNotNegative("--written", rate);
    Usage usage = new Usage(count, hours, rate * hours, readPerHour * hours);
    report(location, usage, known);
    return BreakwaterWal.OK;
  }

  private void requirePositive(String option, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw usage("Invalid " + option + ": " + value + ", must be above 0");
    }
  }

  private void requireNotNegative(String option, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw usage("Invalid " + option + ": " + value + ", must be at least 0");
    }
  }

  /** From the bytes of the logs, and the time between the oldest of them and now. */
  private double writtenPerHour(Tree tree, Location location) {
    long oldest =
        tree.logs().stream().mapToLong(PathStatus::modificationTime).min().orElse(Long.MAX_VALUE);
    long span = System.currentTimeMillis() - oldest;
    if (span < LEAST_SPAN_MILLIS) {
      throw usage(
          "Missing --written: the logs at "
              + location
              + " are less than a minute old, so it must be given");
    }
    return tree.bytes() / GIB / (span / 3_600_000.0);
  }

  private void report(Location location, Usage usage, Prices known) throws IOException {
    List<String> emrMissing = known.missing(Prices.EMR);
    List<String> bookKeeperMissing = known.missing(Prices.BOOKKEEPER);
    Double emr = emrMissing.isEmpty() ? usage.emrWal(known) : null;
    Double bookKeeper = bookKeeperMissing.isEmpty() ? usage.bookKeeper(known) : null;
    Double breakEven = bookKeeperMissing.isEmpty() ? usage.breakEvenWalHour(known) : null;
    String summary =
        String.format(
            Locale.ROOT,
            "%s, estimate for %.0f hours: %.1f WALs open, %.1f WAL-hours, %.3f GiB written, %.3f GiB"
                + " read%nEMR WAL     %s%nBookKeeper  %s%n%s",
            location,
            usage.hours(),
            usage.wals(),
            usage.wals() * usage.hours(),
            usage.writtenGib(),
            usage.readGib(),
            money(emr, emrMissing, known),
            money(bookKeeper, bookKeeperMissing, known),
            breakEven == null
                ? "No break-even: the prices of BookKeeper are not complete"
                : String.format(
                    Locale.ROOT,
                    "Above %.5f %s per WAL-hour the EMR WAL costs more, were its GiB free of charge",
                    breakEven,
                    known.currency()));
    print(
        fields(
            "location", location.toString(),
            "hours", usage.hours(),
            "wals", usage.wals(),
            "walHours", usage.wals() * usage.hours(),
            "writtenGib", usage.writtenGib(),
            "readGib", usage.readGib(),
            "currency", known.currency(),
            "emrWal", emr,
            "bookKeeper", bookKeeper,
            "breakEvenWalHour", breakEven,
            "missingPrices",
                Stream.concat(emrMissing.stream(), bookKeeperMissing.stream()).toList()),
        summary);
  }

  private String money(Double amount, List<String> missing, Prices known) {
    return amount == null
        ? "not known: " + String.join(", ", missing) + " missing in " + prices
        : String.format(Locale.ROOT, "%.2f %s", amount, known.currency());
  }
}
