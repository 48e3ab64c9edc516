package io.breakwater.iceberg.compact;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PricesTest {
  private static final long OPEN = 4L << 20;
  private static final Prices DEFAULTS = new Prices(1, 2, OPEN, 8);
  private static final long LARGE = 100L << 30;

  @Test
  void defaults_largeFile_payFromThirtyPercentDeletedRowsOn() {
    assertThat(pays(DEFAULTS, LARGE, 0.299)).isFalse();
    assertThat(pays(DEFAULTS, LARGE, 0.301)).isTrue();
  }

  @Test
  void moreScans_makeLessDeletedRowsPay() {
    assertThat(pays(new Prices(1, 2, OPEN, 28), LARGE, 0.11)).isTrue();
    assertThat(pays(new Prices(1, 2, OPEN, 28), LARGE, 0.09)).isFalse();
  }

  @Test
  void dearWrites_makeMoreDeletedRowsNecessary() {
    assertThat(pays(new Prices(1, 10, OPEN, 8), LARGE, 0.5)).isFalse();
    assertThat(pays(new Prices(1, 10, OPEN, 8), LARGE, 0.7)).isTrue();
  }

  @Test
  void defaults_fileWithoutDeletes_isWorthPackingBelowEightThirdsOfTheOpenCost() {
    long limit = OPEN * 8 / 3;

    assertThat(DEFAULTS.cost(limit - 10, 0, 0)).isLessThan(DEFAULTS.gainOfOneFileLess());
    assertThat(DEFAULTS.cost(limit + 10, 0, 0)).isGreaterThan(DEFAULTS.gainOfOneFileLess());
  }

  @Test
  void noScans_makeNothingPay() {
    assertThat(pays(new Prices(1, 2, OPEN, 0), 1, 0.99)).isFalse();
  }

  private static boolean pays(Prices prices, long bytes, double deletedShare) {
    double dead = bytes * deletedShare;
    return prices.gain(dead, 0, 1) >= prices.cost(bytes, dead, 0);
  }
}
