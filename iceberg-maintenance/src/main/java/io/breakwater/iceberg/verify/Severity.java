package io.breakwater.iceberg.verify;

/** How bad a finding is. */
public enum Severity {
  /** Queries fail, or give rows that were deleted, or hide rows that were not. */
  ERROR,
  /** Every answer is right; something is useless, or only the readers of footers are misled. */
  WARNING
}
