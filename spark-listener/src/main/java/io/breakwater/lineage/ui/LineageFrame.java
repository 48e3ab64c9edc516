package io.breakwater.lineage.ui;

import javax.servlet.http.HttpServletRequest;
import org.apache.spark.ui.UIUtils;
import org.apache.spark.ui.WebUIPage;
import scala.Option;
import scala.collection.Seq;
import scala.xml.Node;
import scala.xml.Unparsed;
import scala.xml.Utility;

/** Spark's navigation around a frame that shows the page of {@link LineageServlet}. */
final class LineageFrame extends WebUIPage {

  private final LineageTab tab;

  LineageFrame(LineageTab tab) {
    super("");
    this.tab = tab;
  }

  @Override
  public Seq<Node> render(HttpServletRequest request) {
    String view = Utility.escape(UIUtils.prependBaseUri(request, tab.view(), ""));
    return UIUtils.headerSparkPage(
        request, "Lineage", () -> new Unparsed(markup(view)), tab, Option.empty(), false, false);
  }

  private static String markup(String view) {
    return String.format(
        """
      <p><a href="%1$s" target="_blank" rel="noopener">Open in a window of its own</a>; \
      load again for what has come since.</p>
      <iframe src="%1$s" title="Lineage" sandbox="allow-scripts" \
      style="width: 100%%; height: calc(100vh - 170px); min-height: 480px; border: 1px solid #ddd">\
      </iframe>""",
        view);
  }
}
