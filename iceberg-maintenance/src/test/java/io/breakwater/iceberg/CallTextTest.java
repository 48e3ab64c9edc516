package io.breakwater.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import io.breakwater.iceberg.CallText.Argument;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;

/** The text of a call is taken apart as Spark's lexer would, whatever its literals hold. */
class CallTextTest {
  private static final String NAME = "CALL lake.system.rewrite_deletion_vectors";

  @Property
  void literal_withAnyText_isOneArgument(
      @ForAll @Chars({'\'', '"', '\\', '`', '(', ')', ',', ';', '-', '/', '*', '=', '>', 'r', ' '})
          String text,
      @ForAll boolean doubleQuoted) {
    String quote = doubleQuoted ? "\"" : "'";
    String literal = quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote;

    assertThat(CallText.of(NAME + "(table => " + literal + ", dry_run => true)"))
        .hasValueSatisfying(
            call ->
                assertThat(call.arguments())
                    .containsExactly(
                        new Argument("table", literal), new Argument("dry_run", "true")));
  }

  @Property
  void comment_withAnyText_isNoPartOfTheCall(
      @ForAll @Chars({'\'', '"', '`', '(', ')', ',', ';', '-', '=', 'x', ' '}) String text) {
    assertThat(
            CallText.of(
                "--"
                    + text
                    + "\n"
                    + NAME
                    + "/*"
                    + text
                    + "*/(--"
                    + text
                    + "\n'db.t'/*"
                    + text
                    + "*/);--"
                    + text))
        .map(CallText::arguments)
        .map(List::size)
        .contains(1);
  }

  @Example
  void argument_withBracketsAndCommas_isOneArgument() {
    assertThat(
            CallText.of(
                    NAME + "(`table` => 'a', options => map('x', array(1, 2)[0], r'\\', \"b)\"))")
                .orElseThrow()
                .arguments())
        .containsExactly(
            new Argument("table", "'a'"),
            new Argument("options", "map('x', array(1, 2)[0], r'\\', \"b)\")"));
  }

  @Example
  void statement_thatIsNotOurs_isLeftAlone() {
    for (String sql :
        List.of(
            "SELECT 1",
            "",
            "CALL",
            "CALL lake.system.rewrite_data_files('system.deletion_vector_stats(')",
            "CALL lake.other.deletion_vector_stats('db.t')",
            "CALL deletion_vector_stats('db.t')",
            "CALLS lake.system.deletion_vector_stats('db.t')")) {
      assertThat(CallText.of(sql)).as(sql).isEmpty();
    }
  }
}
