package io.breakwater.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** {@code -Dbreakwater.docs.write=true} writes the page. */
class CompatibilityPageIT {

  @Test
  void page_isMadeOfTheResults() throws IOException {
    CompatibilityPage page = CompatibilityPage.ofBuild();
    String text = page.render();
    if (Boolean.getBoolean("breakwater.docs.write")) {
      Files.writeString(page.page(), text);
    }
    assertThat(page.page())
        .as("written by mvn -Pcompatibility -DskipTests verify")
        .hasContent(text);
  }

  @Test
  void versionsOfTheBuild_areAmongTheResults() throws IOException {
    assertThat(CompatibilityPage.ofBuild().render())
        .contains("| " + System.getProperty("breakwater.hbase") + " | ")
        .containsPattern(
            "\\| %s \\| %s \\| .* \\| yes \\|"
                .formatted(
                    System.getProperty("breakwater.spark"),
                    System.getProperty("breakwater.iceberg")));
  }
}
