package io.breakwater.wal.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {

  private static final Map<String, String> CONTEXT = Map.of("breakwater-log", "x");

  @TempDir Path directory;

  private static String key(int fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private KeyProvider provider(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("keys"), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    return KeyProviders.keyFile(file);
  }

  @Test
  void dataKey_isUnwrappedWithTheKeyThatWrappedIt_alsoAfterANewOneWasPutOnTop() throws Exception {
    KeyProvider provider = provider("# keys\n\nold=" + key(1) + "\n");
    KeyProvider.DataKey first = provider.generate(CONTEXT);
    assertThat(first.masterKeyId()).isEqualTo("old");
    provider("new=" + key(2) + "\nold=" + key(1) + "\n");
    assertThat(provider.generate(CONTEXT).masterKeyId()).isEqualTo("new");
    assertThat(provider.unwrap("old", first.wrapped(), CONTEXT)).isEqualTo(first.plain());
  }

  @Test
  void dataKeys_areNeverTheSame() throws Exception {
    KeyProvider provider = provider("k=" + key(1));
    assertThat(provider.generate(CONTEXT).plain())
        .hasSize(32)
        .isNotEqualTo(provider.generate(CONTEXT).plain());
  }

  @Test
  void missingKey_isNamed() throws Exception {
    KeyProvider.DataKey wrapped = provider("old=" + key(1)).generate(CONTEXT);
    assertThatThrownBy(() -> provider("new=" + key(2)).unwrap("old", wrapped.wrapped(), CONTEXT))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot use master key old: it is not in key file ");
  }

  @Test
  void wrongKey_andWrongContext_areRefused() throws Exception {
    KeyProvider.DataKey wrapped = provider("k=" + key(1)).generate(CONTEXT);
    assertThatThrownBy(() -> provider("k=" + key(2)).unwrap("k", wrapped.wrapped(), CONTEXT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not the one that wrapped it");
    assertThatThrownBy(
            () ->
                provider("k=" + key(1))
                    .unwrap("k", wrapped.wrapped(), Map.of("breakwater-log", "y")))
        .hasMessageContaining("is not the one that wrapped it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"k", "=abc", "k=abc", "k=AAAA", "k=???"})
  void lineThatIsNoKey_isRefused_withoutBeingShown(String line) throws Exception {
    KeyProvider provider = provider("ok=" + key(1) + "\n" + line);
    assertThatThrownBy(() -> provider.generate(CONTEXT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(": line 2 must be id=key, the key 32 bytes in Base64")
        .hasMessageNotContaining("???");
  }

  @Test
  void fileThatIsEmpty_orTwiceHasAnId_orEverybodyReads_orIsMissing_isRefused() throws Exception {
    assertThatThrownBy(() -> provider("# none\n").generate(CONTEXT))
        .hasMessageContaining("it holds no key");
    assertThatThrownBy(() -> provider("k=" + key(1) + "\nk=" + key(2)).generate(CONTEXT))
        .hasMessageContaining("line 2 has an id that stood there already");
    KeyProvider open = provider("k=" + key(1));
    Files.setPosixFilePermissions(
        directory.resolve("keys"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> open.generate(CONTEXT)).hasMessageContaining("chmod o-r");
    Files.delete(directory.resolve("keys"));
    assertThatThrownBy(() -> open.generate(CONTEXT)).hasMessageContaining("it does not exist");
  }
}
