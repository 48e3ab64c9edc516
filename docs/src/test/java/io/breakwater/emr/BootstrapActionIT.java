package io.breakwater.emr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootstrapActionIT {

  @TempDir private Path directory;

  @Test
  void masterNode_getsPluginsOnTheirHostsClassPathsAndTheCommands() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Script run = node.install(node.installingAll(node.distribution("1.0.0"))).succeeded();

    assertThat(run.output()).contains("this is a master node", "done: version 1.0.0 is installed");
    assertThat(node.hbase("hbase-wal-plugin.jar")).hasContent("hbase-wal-plugin 1.0.0");
    assertThat(node.spark("iceberg-maintenance.jar")).hasContent("iceberg-maintenance 1.0.0");
    assertThat(node.root().resolve("usr/share/aws/iceberg/lib/iceberg-maintenance.jar"))
        .hasContent("iceberg-maintenance 1.0.0");
    assertThat(node.spark("spark-listener.jar")).hasContent("spark-listener 1.0.0");
    assertThat(node.spark("openlineage-spark.jar")).hasContent("OpenLineage");
    for (String command : List.of("breakwater-wal", "breakwater-lineage")) {
      assertThat(Script.run(node.command(command).toString()).succeeded().output())
          .isEqualTo(command + " 1.0.0\n");
    }
    Path spool = node.root().resolve("mnt/var/lib/breakwater-lineage");
    assertThat((int) Files.getAttribute(spool, "unix:mode") & 07777).isEqualTo(01777);
  }

  @Test
  void coreNode_getsPluginsWithoutTheCommands() throws Exception {
    FakeNode node = FakeNode.core(directory);
    Script run = node.install(node.installingAll(node.distribution("1.0.0"))).succeeded();

    assertThat(run.output()).contains("this is a core or task node");
    assertThat(node.hbase("hbase-wal-plugin.jar")).exists();
    assertThat(node.spark("spark-listener.jar")).exists();
    assertThat(node.command("breakwater-wal")).doesNotExist();
  }

  @Test
  void secondRun_leavesTheSameTree() throws Exception {
    FakeNode node = FakeNode.master(directory);
    List<String> command = node.installingAll(node.distribution("1.0.0"));
    node.install(command).succeeded();
    List<String> tree = node.tree();

    assertThat(node.install(command).succeeded().output()).contains("is there and whole");
    assertThat(node.tree()).isEqualTo(tree);
  }

  @Test
  void newerVersion_replacesTheOlder_inTheTreeOfAFreshInstall() throws Exception {
    FakeNode fresh = FakeNode.master(directory);
    List<String> older = fresh.installingAll(fresh.distribution("1.0.0"));
    List<String> newer = fresh.installingAll(fresh.distribution("1.1.0"));
    fresh.install(newer).succeeded();
    List<String> tree = fresh.tree();
    Files.move(fresh.root(), directory.resolve("elsewhere"), StandardCopyOption.ATOMIC_MOVE);

    FakeNode node = FakeNode.master(directory);
    node.install(older).succeeded();
    assertThat(node.tree()).isNotEqualTo(tree);
    node.install(newer).succeeded();
    assertThat(node.tree()).isEqualTo(tree);
  }

  @Test
  void otherPlugins_removeTheLinksOfThoseBefore() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path archive = node.distribution("1.0.0");
    node.install(node.installingAll(archive)).succeeded();
    node.install(node.installing(archive, "iceberg")).succeeded();

    assertThat(node.spark("iceberg-maintenance.jar")).exists();
    assertThat(node.spark("spark-listener.jar")).doesNotExist();
    assertThat(node.hbase("hbase-wal-plugin.jar")).doesNotExist();
    assertThat(node.command("breakwater-wal")).doesNotExist();
  }

  @Test
  void damagedInstallation_isInstalledAnew() throws Exception {
    FakeNode node = FakeNode.master(directory);
    List<String> command = node.installingAll(node.distribution("1.0.0"));
    node.install(command).succeeded();
    List<String> tree = node.tree();
    Files.writeString(node.hbase("hbase-wal-plugin.jar").toRealPath(), "changed");

    assertThat(node.install(command).succeeded().output()).contains("is damaged");
    assertThat(node.tree()).isEqualTo(tree);
  }

  @Test
  void hostWithoutItsDirectoriesYet_getsThem_butForThatOfIceberg() throws Exception {
    FakeNode node = FakeNode.core(directory);
    Script.run("rm", "-r", node.root().resolve("usr").toString()).succeeded();
    node.install(node.installingAll(node.distribution("1.0.0"))).succeeded();

    assertThat(node.hbase("hbase-wal-plugin.jar")).exists();
    assertThat(node.spark("iceberg-maintenance.jar")).exists();
    assertThat(node.root().resolve("usr/share")).doesNotExist();
  }

  @Test
  void wrongChecksum_isRefused_andNothingIsInstalled() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path archive = node.distribution("1.0.0");
    List<String> command = node.installing(archive, "hbase");
    command.set(command.indexOf("--sha256") + 1, "0".repeat(64));

    node.install(command)
        .failed(
            1,
            "Cannot use %s: its SHA-256 is %s, must be %s"
                .formatted(archive, FakeNode.sha256(archive), "0".repeat(64)));
    assertNothingInstalled(node);
  }

  @Test
  void changedFileInTheArchive_isRefused_andNothingIsInstalled() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path archive = node.distribution("1.0.0", Map.of("jars/hbase-wal-plugin-1.0.0.jar", "other"));
    node.install(node.installing(archive, "hbase"))
        .failed(1, "a file in it is not as SHA256SUMS says");
    assertNothingInstalled(node);
  }

  @Test
  void fileWithoutChecksumInTheArchive_isRefused() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path archive = node.distribution("1.0.0", Map.of("jars/stowaway.jar", "?"));
    node.install(node.installing(archive, "hbase"))
        .failed(1, "not as SHA256SUMS says", "stowaway.jar");
    assertNothingInstalled(node);
  }

  @Test
  void failedUpgrade_leavesTheVersionBefore() throws Exception {
    FakeNode node = FakeNode.master(directory);
    node.install(node.installingAll(node.distribution("1.0.0"))).succeeded();
    List<String> tree = node.tree();
    Path archive = node.distribution("1.1.0", Map.of("LICENSE", "changed"));

    node.install(node.installingAll(archive)).failed(1, "SHA256SUMS");
    assertThat(node.tree()).isEqualTo(tree);
  }

  @Test
  void missingInfoFile_isSaid() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path info = node.root().resolve("mnt/var/lib/info/instance.json");
    Files.delete(info);
    node.install(node.installing(node.distribution("1.0.0"), "hbase"))
        .failed(1, "Cannot tell a master from a core node: " + info + " is missing");
    assertThat(node.base()).doesNotExist();
  }

  @Test
  void infoFileOfTheInstanceController_servesAsWell() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path other = node.root().resolve("emr/instance-controller/lib/info/instance.json");
    Files.createDirectories(other.getParent());
    Files.move(node.root().resolve("mnt/var/lib/info/instance.json"), other);
    assertThat(node.install(node.installing(node.distribution("1.0.0"), "hbase")).output())
        .contains("this is a master node");
  }

  @Test
  void infoFileThatDoesNotSay_isRefused() throws Exception {
    FakeNode node = FakeNode.describedBy(directory, "{\"instanceGroupId\":\"ig-1\"}");
    node.install(node.installing(node.distribution("1.0.0"), "hbase")).failed(1, "has no isMaster");
  }

  @Test
  void secondCopyOfAPlugin_isRefusedBeforeAnythingChanges() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path other = Files.writeString(node.hbase("hbase-wal-plugin-0.9.0.jar"), "by hand");
    List<String> tree = node.tree();
    node.install(node.installing(node.distribution("1.0.0"), "hbase"))
        .failed(1, "Cannot install hbase-wal-plugin.jar: " + other + " is there and not ours");
    assertThat(node.tree()).isEqualTo(tree);
  }

  @Test
  void lineageWithoutOpenLineage_isRefused_unlessSparkHasItAlready() throws Exception {
    FakeNode node = FakeNode.master(directory);
    List<String> command = node.installing(node.distribution("1.0.0"), "lineage");
    node.install(command).failed(1, "Cannot install lineage: no openlineage-spark*.jar in");
    Files.writeString(node.spark("openlineage-spark_2.12-1.53.0.jar"), "by hand");
    node.install(command).succeeded();
    assertThat(node.spark("openlineage-spark.jar")).doesNotExist();
  }

  @Test
  void dryRun_saysWhatItWouldDo_andChangesNothing() throws Exception {
    FakeNode node = FakeNode.master(directory);
    List<String> command = node.installingAll(node.distribution("1.0.0"));
    List<String> tree = node.tree();
    command.add("--dry-run");
    assertThat(node.install(command).succeeded().output())
        .contains("would fetch", "would link " + node.hbase("hbase-wal-plugin.jar"))
        .contains("nothing was changed");
    assertThat(node.tree()).isEqualTo(tree);
  }

  @Test
  void fullDisk_isSaid_andTheNextRunCompletes() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path archive = node.distribution("1.0.0", Map.of());
    List<String> command = node.installing(archive, "hbase");
    mounted(node, "mount -t tmpfs -o size=4k tmpfs", command).failed(1, "No space left on device");
    node.install(command).succeeded();
  }

  @Test
  void readOnlyDisk_isSaid_andTheNextRunCompletes() throws Exception {
    FakeNode node = FakeNode.master(directory);
    List<String> command = node.installing(node.distribution("1.0.0"), "hbase");
    mounted(node, "mount -t tmpfs -o ro tmpfs", command)
        .failed(1, "Cannot make " + node.base(), "Read-only file system");
    node.install(command).succeeded();
  }

  /** Runs a command in a namespace in which /opt of the node is another file system. */
  private static Script mounted(FakeNode node, String mount, List<String> command)
      throws Exception {
    Path opt = Files.createDirectories(node.root().resolve("opt"));
    assumeTrue(
        Script.run("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt").code() == 0,
        "a full and a read-only disk: needs the right to mount (unshare --mount, mount)");
    List<String> inside = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
    inside.add(mount + " '" + opt + "' && exec \"$@\"");
    inside.add("sh");
    inside.addAll(command);
    return Script.run(Map.of(), inside);
  }

  @Test
  void objectInS3_isFetchedByTheAwsCommand() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path archive = node.distribution("1.0.0");
    Path stub = Files.createDirectories(directory.resolve("stub")).resolve("aws");
    Files.writeString(
        stub, "#!/bin/sh\necho \"$@\" >> '%s.log'\ncp '%s' \"$5\"\n".formatted(stub, archive));
    Script.run("chmod", "755", stub.toString()).succeeded();
    List<String> command = node.installing(archive, "hbase");
    command.set(
        command.indexOf("--source") + 1, "s3://amzn-s3-demo-bucket/x/" + archive.getFileName());

    Map<String, String> path = Map.of("PATH", stub.getParent() + ":" + System.getenv("PATH"));
    Script.run(path, command).succeeded();
    assertThat(Path.of(stub + ".log"))
        .content()
        .startsWith("s3 cp --only-show-errors s3://amzn-s3-demo-bucket/x/breakwater-1.0.0-dist");
    assertThat(node.hbase("hbase-wal-plugin.jar")).exists();
  }

  @Test
  void objectThatCannotBeFetched_isSaidWithTheReasonOfTheAwsCommand() throws Exception {
    FakeNode node = FakeNode.master(directory);
    Path archive = node.distribution("1.0.0");
    Path stub = Files.createDirectories(directory.resolve("stub")).resolve("aws");
    Files.writeString(stub, "#!/bin/sh\necho 'fatal error: 403 Forbidden' >&2\nexit 1\n");
    Script.run("chmod", "755", stub.toString()).succeeded();
    List<String> command = node.installing(archive, "hbase");
    String object = "s3://amzn-s3-demo-bucket/" + archive.getFileName();
    command.set(command.indexOf("--source") + 1, object);

    Map<String, String> path = Map.of("PATH", stub.getParent() + ":" + System.getenv("PATH"));
    Script.run(path, command).failed(1, "Cannot fetch " + object + ": fatal error: 403 Forbidden");
    assertNothingInstalled(node);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--colour | red | Unknown argument --colour",
        "--source | breakwater-1.0.0-dist.tar.gz | must be s3://BUCKET/KEY or an absolute path",
        "--source | /x/other.tar.gz | must be called breakwater-VERSION-dist.tar.gz",
        "--sha256 | abc | Invalid --sha256: abc, must be 64 of 0-9 and a-f",
        "--plugins | hive | Invalid --plugins: hive, must be of hbase, iceberg and lineage, or all",
        "--plugins | hbase,,lineage | Invalid --plugins",
        "--root | /nowhere | Invalid --root: /nowhere, must be a directory",
        "--openlineage | /x.jar | Invalid --openlineage-sha256: , must be 64"
      })
  void wrongUsage_isNamed(String option, String value, String message) throws Exception {
    FakeNode node = FakeNode.master(directory);
    List<String> command = node.installing(node.distribution("1.0.0"), "hbase");
    command.addAll(List.of(option, value));
    node.install(command).failed(2, message);
    assertThat(node.base()).doesNotExist();
  }

  @Test
  void help_namesEveryOption() throws Exception {
    Script help = Script.run("bash", FakeNode.BOOTSTRAP.toString(), "--help").succeeded();
    assertThat(help.output())
        .contains("--source", "--sha256", "--plugins", "--openlineage", "--dry-run", "--root");
  }

  private static void assertNothingInstalled(FakeNode node) throws Exception {
    assertThat(node.base().toFile().list()).containsExactly(".lock");
    assertThat(node.hbase("hbase-wal-plugin.jar")).doesNotExist();
  }
}
