package io.breakwater.lineage.events;

import io.breakwater.lineage.deliver.ProblemLog;
import io.openlineage.spark.shaded.com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListenerEvent;

/** The steps, one behind the other. A step that throws is passed by. Used by one thread. */
final class StepChain {

  private final List<EventStep> steps;
  private final StageCounters counters;
  private final ProblemLog problems;
  private final Consumer<ObjectNode> end;

  StepChain(
      List<EventStep> steps,
      StageCounters counters,
      ProblemLog problems,
      Consumer<ObjectNode> end) {
    this.steps = List.copyOf(steps);
    this.counters = counters;
    this.problems = problems;
    this.end = end;
  }

  void accept(ObjectNode event, SparkListenerEvent cause) {
    pass(0, event, cause);
  }

  void observe(SparkListenerEvent event) {
    for (int i = 0; i < steps.size(); i++) {
      EventStep step = steps.get(i);
      List<ObjectNode> passed = new ArrayList<>();
      if (!succeeds(step, () -> step.observe(event, passed::add))) {
        passed.clear();
      }
      passAll(i + 1, passed, event);
    }
  }

  /** Each step finishes after the steps before it, and sees what those passed on. */
  void finish(SparkListenerEvent cause) {
    for (int i = 0; i < steps.size(); i++) {
      EventStep step = steps.get(i);
      List<ObjectNode> passed = new ArrayList<>();
      succeeds(step, () -> step.finish(passed::add));
      passAll(i + 1, passed, cause);
    }
  }

  private void pass(int index, ObjectNode event, SparkListenerEvent cause) {
    if (index == steps.size()) {
      end.accept(event);
      return;
    }
    passAll(index + 1, apply(steps.get(index), event, cause), cause);
  }

  /** On its own, so that of many steps one copy of a large event is held at a time. */
  private List<ObjectNode> apply(EventStep step, ObjectNode event, SparkListenerEvent cause) {
    ObjectNode asItWas = event.deepCopy();
    List<ObjectNode> passed = new ArrayList<>(1);
    boolean succeeded = succeeds(step, () -> step.accept(event, cause, passed::add));
    return succeeded ? passed : List.of(asItWas);
  }

  private void passAll(int index, List<ObjectNode> events, SparkListenerEvent cause) {
    for (ObjectNode event : events) {
      pass(index, event, cause);
    }
  }

  private boolean succeeds(EventStep step, Runnable call) {
    try {
      call.run();
      return true;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      counters.countStepFailure();
      problems.error(
          "Cannot improve a lineage event by " + step.getClass().getSimpleName() + ", going on", e);
      return false;
    }
  }
}
