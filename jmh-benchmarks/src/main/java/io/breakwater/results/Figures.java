package io.breakwater.results;

import java.util.Locale;

/** Figures as the page prints them. */
public final class Figures {

  private Figures() {}

  /** With {@code digits} behind the point; a dash if there is none. */
  public static String number(double value, int digits) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%,." + digits + "f", value) : "-";
  }

  /** With about three significant digits. */
  public static String number(double value) {
    return number(value, digits(value));
  }

  /** Value and error, both with as many digits as the value deserves. */
  public static String withError(double value, double error) {
    int digits = digits(value);
    return Double.isFinite(error)
        ? number(value, digits) + " ± " + number(error, digits)
        : number(value, digits);
  }

  /** A ratio, its bar, and whether it is met. */
  public static String atMost(double ratio, double bar) {
    return verdict(ratio, ratio <= bar, "<= " + plain(bar));
  }

  /** The same for a bar from below. */
  public static String atLeast(double ratio, double bar) {
    return verdict(ratio, ratio >= bar, ">= " + plain(bar));
  }

  private static String verdict(double ratio, boolean met, String bar) {
    if (Double.isNaN(ratio)) {
      return bar + ", not measured";
    }
    return bar + (met ? ", met" : ", **missed**");
  }

  private static String plain(double bar) {
    return bar == Math.rint(bar) ? String.format(Locale.ROOT, "%.0f", bar) : Double.toString(bar);
  }

  private static int digits(double value) {
    double size = Math.abs(value);
    if (size >= 100 || size == 0) {
      return 0;
    }
    return size >= 10 ? 1 : size >= 0.1 ? 2 : 4;
  }
}
