package io.breakwater.lineage.ui;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.breakwater.lineage.deliver.ProblemLog;
import io.breakwater.lineage.view.LineageModel;
import io.breakwater.lineage.view.LineageModelBuilder;
import io.breakwater.lineage.view.LineagePage;
import io.breakwater.lineage.view.ViewLimits;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers with the page of what a {@link LineageSource} has at that moment; with status 500 and the
 * reason in words if it cannot. Makes one page at a time, however many ask for it.
 */
final class LineageServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(LineageServlet.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final transient LineageSource source;
  private final transient ProblemLog problems = new ProblemLog(LOG);

  LineageServlet(LineageSource source) {
    this.source = source;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String text;
    try {
      text = page();
      response.setContentType("text/html;charset=utf-8");
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      problems.error("Cannot draw lineage", e);
      response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
      response.setContentType("text/plain;charset=utf-8");
      text = "Cannot draw lineage: " + e + "\nThe log of this process has the stack trace.\n";
    }
    response.getWriter().print(text);
  }

  private synchronized String page() {
    LineageModelBuilder builder = new LineageModelBuilder(ViewLimits.defaults());
    List<String> missing = source.read(event -> builder.add(tree(event)));
    LineageModel model = builder.build();
    List<String> notices = new ArrayList<>(missing);
    notices.addAll(model.notices());
    LineageModel told = new LineageModel(model.datasets(), model.jobs(), model.events(), notices);
    return LineagePage.html(told, source.name(), Instant.now());
  }

  private static com.fasterxml.jackson.databind.JsonNode tree(byte[] event) {
    try {
      return JSON.readTree(event);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "Cannot read an event that was kept: " + e.getMessage(), e);
    }
  }

  @Override
  protected void doTrace(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
  }
}
