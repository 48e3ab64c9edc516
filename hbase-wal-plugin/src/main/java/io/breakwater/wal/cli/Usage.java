package io.breakwater.wal.cli;

import java.io.IOException;

/**
 * What a bill is made of.
 *
 * <p>The EMR WAL is billed by the hours of each WAL and by the GiB written and read; BookKeeper by
 * its machines and their disks, whatever the number of logs, and by what its copies send to other
 * availability zones. Sources: the units <i>EMR-WAL-WALHours</i>, <i>Write-GiB</i> and
 * <i>Read-GiB</i> of the Amazon EMR Release Guide; AWS prices of machines, disks and transfer.
 *
 * @param wals logs that are open at the same time
 * @param hours length of the time
 * @param writtenGib GiB written in it
 * @param readGib GiB read in it, by recovery and replication
 */
record Usage(double wals, double hours, double writtenGib, double readGib) {

  /** Of a year, divided by its months, as AWS divides it. */
  static final double HOURS_PER_MONTH = 730;

  double emrWal(Prices prices) throws IOException {
    return prices.value(Prices.WAL_HOUR) * wals * hours
        + prices.value(Prices.WRITE_GIB) * writtenGib
        + prices.value(Prices.READ_GIB) * readGib;
  }

  double bookKeeper(Prices prices) throws IOException {
    double disk =
        prices.value(Prices.BOOKIE_STORAGE_GIB)
            * prices.value(Prices.STORAGE_GIB_MONTH)
            / HOURS_PER_MONTH;
    double machines =
        prices.value(Prices.BOOKIES) * (prices.value(Prices.BOOKIE_HOUR) + disk) * hours;
    return machines
        + prices.value(Prices.CROSS_ZONE_COPIES) * prices.value(Prices.CROSS_ZONE_GIB) * writtenGib;
  }

  /** The price of a WAL-hour above which the EMR WAL costs more, were its GiB free of charge. */
  double breakEvenWalHour(Prices prices) throws IOException {
    return bookKeeper(prices) / (wals * hours);
  }
}
