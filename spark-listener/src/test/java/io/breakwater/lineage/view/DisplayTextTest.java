package io.breakwater.lineage.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DisplayTextTest {

  @Test
  void text_ofAnyLanguage_staysAsItIs() {
    assertThat(DisplayText.line("größe_表_🦆 x", 100)).isEqualTo("größe_表_🦆 x");
  }

  @Test
  void charactersThatCommand_areShownAsTheirCode() {
    assertThat(DisplayText.line("a\u001b[2Jb\r\n\tc\u202ed\u200be\ufefff\u2028", 100))
        .isEqualTo("a\\u001b[2Jb\\u000d\\u000a\\u0009c\\u202ed\\u200be\\ufefff\\u2028");
  }

  @Test
  void block_keepsLineBreaksAndTabs() {
    assertThat(DisplayText.block("a\n\tb\rc", 100)).isEqualTo("a\n\tb\\u000dc");
  }

  @Test
  void halfACharacter_isShownAsItsCode() {
    assertThat(DisplayText.line("a\ud83eb\udd86", 100)).isEqualTo("a\\ud83eb\\udd86");
  }

  @Test
  void longText_isCutBetweenCharacters() {
    assertThat(DisplayText.line("ab\ud83e\udd86cd", 3)).isEqualTo("ab\u2026 (4 more characters)");
  }
}
