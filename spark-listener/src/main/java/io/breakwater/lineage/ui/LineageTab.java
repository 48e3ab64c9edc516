package io.breakwater.lineage.ui;

import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;

/**
 * The tab "Lineage": Spark's frame at {@code lineage/}, and in it the page of {@link
 * LineageServlet} at {@code lineage/view/}, which has a content security policy that Spark's pages
 * could not live with.
 */
final class LineageTab extends SparkUITab {

  private static final String PREFIX = "lineage";
  private static final String VIEW = "/" + PREFIX + "/view";

  private LineageTab(SparkUI ui) {
    super(ui, PREFIX);
    attachPage(new LineageFrame(this));
  }

  /** Adds the tab to {@code ui}, behind those that it has. */
  static void attach(SparkUI ui, LineageSource source) {
    ui.attachHandler(ui.basePath() + VIEW, new LineageServlet(source), "/");
    ui.attachTab(new LineageTab(ui));
  }

  /** The address of the page, below the root of the UI. */
  String view() {
    return basePath() + VIEW + "/";
  }

  @Override
  public int displayOrder() {
    return Integer.MAX_VALUE;
  }
}
