package io.breakwater.iceberg.plan;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.breakwater.iceberg.LocalSpark;
import java.lang.reflect.Proxy;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.encryption.EncryptedInputFile;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.junit.jupiter.api.Test;

/** A table with another encryption manager than the plain one is not touched. */
class EncryptedTableTest {

  @Test
  void encryptedTable_isRefused() {
    try (LocalSpark spark = LocalSpark.start()) {
      spark.createTable("lake.db.t", 10, 1, "");
      Table encrypted = fakeEncrypted(spark.table("lake.db.t"));

      assertThatThrownBy(() -> TableDeletes.read(Target.main(encrypted)))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("the table is encrypted, which is not supported");
    }
  }

  /** The real table, but for a fake encryption manager: a real one needs a key service. */
  private static Table fakeEncrypted(Table table) {
    return (Table)
        Proxy.newProxyInstance(
            EncryptedTableTest.class.getClassLoader(),
            new Class<?>[] {Table.class, HasTableOperations.class},
            (proxy, method, arguments) ->
                method.getName().equals("encryption")
                    ? new FakeEncryption()
                    : method.invoke(table, arguments));
  }

  private static final class FakeEncryption implements EncryptionManager {
    @Override
    public InputFile decrypt(EncryptedInputFile encrypted) {
      throw new AssertionError("must not be read");
    }

    @Override
    public EncryptedOutputFile encrypt(OutputFile rawOutput) {
      throw new AssertionError("must not be written");
    }
  }
}
