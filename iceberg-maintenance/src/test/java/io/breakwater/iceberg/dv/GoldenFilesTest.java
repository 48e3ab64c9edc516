package io.breakwater.iceberg.dv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that Iceberg keeps to prove that its implementations agree. */
class GoldenFilesTest {
  private static final String DIRECTORY = "/org/apache/iceberg/deletes/";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty-position-index.bin",
        "small-alternating-values-position-index.bin",
        "small-and-large-values-position-index.bin",
        "all-container-types-position-index.bin"
      })
  void blob_isReadAndWrittenByteForByte(String name) throws IOException {
    byte[] golden = golden(name);
    DeletionVectorWriter writer = new DeletionVectorWriter();

    DeletionVectors.forEach(ByteBuffer.wrap(golden), writer::add);

    assertThat(writer.toBlob()).isEqualTo(ByteBuffer.wrap(golden));
    assertThat(DeletionVectors.or(List.of(ByteBuffer.wrap(golden)))).isEqualTo(writer.toBlob());
  }

  @ParameterizedTest
  @CsvSource({
    "64mapempty.bin, 0, -1",
    "64map32bitvals.bin, 10, 9",
    "64mapspreadvals.bin, 100, 38654705673",
    "64maphighvals.bin, 121, 18446744073709551615"
  })
  void bitmap_ofTheRoaringProject_isReadOrItsKeyIsRefused(String name, long count, String last)
      throws IOException {
    byte[] bitmap = golden(name);
    byte[] body = ByteBuffer.allocate(4 + bitmap.length).putInt(0xD1D33964).put(bitmap).array();
    ByteBuffer blob = ByteBuffer.wrap(Blobs.enclose(body));

    if (last.length() < 19) {
      assertThat(DeletionVector.validateContents(blob))
          .extracting(DeletionVector::cardinality, DeletionVector::lastPosition)
          .containsExactly(count, Long.valueOf(last));
    } else {
      assertThatThrownBy(() -> DeletionVector.validate(blob))
          .isInstanceOf(InvalidDeletionVectorException.class)
          .hasMessageContaining("bitmap key");
    }
  }

  @Test
  void positions_ofTheAlternatingFile_areTheOddOnes() throws IOException {
    ByteBuffer blob = ByteBuffer.wrap(golden("small-alternating-values-position-index.bin"));

    assertThat(Positions.of(blob)).isEqualTo(LongStream.of(1, 3, 5, 7, 9).boxed().toList());
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream input = GoldenFilesTest.class.getResourceAsStream(DIRECTORY + name)) {
      return input.readAllBytes();
    }
  }
}
