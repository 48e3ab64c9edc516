package io.breakwater.iceberg.catalog;

import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.encryption.EncryptedInputFile;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.encryption.EncryptionManager;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.io.OutputFile;

/**
 * A Hadoop catalog that says that its tables are encrypted. A file that is read or written through
 * it all the same is an error.
 */
public final class EncryptedCatalog extends HadoopCatalog {

  @Override
  protected TableOperations newTableOps(TableIdentifier identifier) {
    return new Encrypted(super.newTableOps(identifier));
  }

  private record Encrypted(TableOperations plain) implements TableOperations {
    @Override
    public EncryptionManager encryption() {
      return new NoKey();
    }

    @Override
    public TableMetadata current() {
      return plain.current();
    }

    @Override
    public TableMetadata refresh() {
      return plain.refresh();
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      plain.commit(base, metadata);
    }

    @Override
    public FileIO io() {
      return plain.io();
    }

    @Override
    public String metadataFileLocation(String fileName) {
      return plain.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
      return plain.locationProvider();
    }
  }

  private static final class NoKey implements EncryptionManager {
    @Override
    public InputFile decrypt(EncryptedInputFile encrypted) {
      throw new AssertionError("must not be read: " + encrypted.encryptedInputFile().location());
    }

    @Override
    public EncryptedOutputFile encrypt(OutputFile rawOutput) {
      throw new AssertionError("must not be written: " + rawOutput.location());
    }
  }
}
