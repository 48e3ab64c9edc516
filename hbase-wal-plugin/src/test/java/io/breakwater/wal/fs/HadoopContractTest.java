package io.breakwater.wal.fs;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.contract.AbstractContractContentSummaryTest;
import org.apache.hadoop.fs.contract.AbstractContractCreateTest;
import org.apache.hadoop.fs.contract.AbstractContractDeleteTest;
import org.apache.hadoop.fs.contract.AbstractContractGetFileStatusTest;
import org.apache.hadoop.fs.contract.AbstractContractMkdirTest;
import org.apache.hadoop.fs.contract.AbstractContractOpenTest;
import org.apache.hadoop.fs.contract.AbstractContractRenameTest;
import org.apache.hadoop.fs.contract.AbstractContractSeekTest;
import org.apache.hadoop.fs.contract.AbstractContractSetTimesTest;
import org.apache.hadoop.fs.contract.AbstractFSContract;
import org.apache.hadoop.fs.contract.ContractTestUtils;
import org.assertj.core.api.Assertions;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.experimental.runners.Enclosed;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;

/**
 * Hadoop's own contract tests; {@code contract/bwal.xml} says what is expected of this one.
 *
 * <p>Hadoop's were compiled for an older AssertJ. The few that cannot be linked with ours are
 * overridden with the same check here; those of lease recovery are in {@link LeaseRecoveryTest}.
 */
@RunWith(Enclosed.class)
public class HadoopContractTest {

  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private static final class Contract extends AbstractFSContract {

    Contract(Configuration conf) {
      super(conf);
      addConfResource("contract/bwal.xml");
      conf.set("breakwater.wal.embedded.dir", FOLDER.getRoot().getAbsolutePath());
    }

    @Override
    public FileSystem getTestFileSystem() throws IOException {
      return FileSystem.get(URI.create("bwal://contract/"), getConf());
    }

    @Override
    public String getScheme() {
      return BwalFileSystem.SCHEME;
    }

    @Override
    public Path getTestPath() {
      return new Path("/test");
    }
  }

  public static class ContentSummary extends AbstractContractContentSummaryTest {
    @Override
    protected AbstractFSContract createContract(Configuration conf) {
      return new Contract(conf);
    }
  }

  public static class Create extends AbstractContractCreateTest {
    @Override
    protected AbstractFSContract createContract(Configuration conf) {
      return new Contract(conf);
    }
  }

  public static class Delete extends AbstractContractDeleteTest {
    @Override
    protected AbstractFSContract createContract(Configuration conf) {
      return new Contract(conf);
    }
  }

  public static class GetFileStatus extends AbstractContractGetFileStatusTest {
    @Override
    protected AbstractFSContract createContract(Configuration conf) {
      return new Contract(conf);
    }

    @Test
    @Override
    public void testListStatusIteratorFile() throws Throwable {
      Path file = path("listed");
      ContractTestUtils.touch(getFileSystem(), file);
      RemoteIterator<FileStatus> listed = getFileSystem().listStatusIterator(file);
      FileStatus status = listed.next();
      Assertions.assertThat(status.getPath()).isEqualTo(file);
      Assertions.assertThat(status.isFile()).isTrue();
      Assertions.assertThat(listed.hasNext()).isFalse();
    }
  }

  public static class Mkdir extends AbstractContractMkdirTest {
    @Override
    protected AbstractFSContract createContract(Configuration conf) {
      return new Contract(conf);
    }
  }

  public static class Open extends AbstractContractOpenTest {
    @Override
    protected AbstractFSContract createContract(Configuration conf) {
      return new Contract(conf);
    }

    @Test
    @Override
    public void testInputStreamReadZeroLengthRead() throws Throwable {
      try (FSDataInputStream in = getFileSystem().open(fileOf4096Bytes())) {
        Assertions.assertThat(in.read(new byte[10], 0, 0)).isZero();
      }
    }

    @Test
    @Override
    public void testInputStreamConsistentEOF() throws Throwable {
      try (FSDataInputStream in = getFileSystem().open(fileOf4096Bytes())) {
        in.skipNBytes(4096);
        Assertions.assertThat(in.read()).isEqualTo(-1);
        Assertions.assertThat(in.read(new byte[10], 0, 10)).isEqualTo(-1);
      }
    }

    @Test
    @Override
    public void testFloatingPointLength() throws Throwable {
      Assertions.assertThat(lengthReadWith(4096)).isEqualTo(4096);
    }

    @Test
    @Override
    public void testOpenFileApplyAsyncRead() throws Throwable {
      Assertions.assertThat(lengthReadWith(43.2e60)).isEqualTo(4096);
    }

    private long lengthReadWith(double length) throws Exception {
      return getFileSystem()
          .openFile(fileOf4096Bytes())
          .mustDouble(Options.OpenFileOptions.FS_OPTION_OPENFILE_LENGTH, length)
          .build()
          .thenApply(ContractTestUtils::readStream)
          .get();
    }

    private Path fileOf4096Bytes() throws IOException {
      Path file = path("4096");
      ContractTestUtils.createFile(
          getFileSystem(), file, true, ContractTestUtils.dataset(4096, 'a', 'z'));
      return file;
    }
  }

  public static class Rename extends AbstractContractRenameTest {
    @Override
    protected AbstractFSContract createContract(Configuration conf) {
      return new Contract(conf);
    }
  }

  public static class Seek extends AbstractContractSeekTest {
    @Override
    protected AbstractFSContract createContract(Configuration conf) {
      return new Contract(conf);
    }
  }

  public static class SetTimes extends AbstractContractSetTimesTest {
    @Override
    protected AbstractFSContract createContract(Configuration conf) {
      return new Contract(conf);
    }
  }
}
