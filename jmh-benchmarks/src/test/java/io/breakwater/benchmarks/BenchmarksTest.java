package io.breakwater.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BenchmarksTest {

  @Test
  void help_listsEveryProgram() {
    for (Macro macro : Macro.values()) {
      assertThat(Benchmarks.help())
          .contains("  " + macro.word() + " RESULTS ")
          .contains(macro.subject());
    }
  }

  @Test
  void everyProgram_canBeStarted() {
    for (Macro macro : Macro.values()) {
      assertThat(macro.program()).hasDeclaredMethods("main");
    }
  }
}
