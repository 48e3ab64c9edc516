package io.breakwater.emr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be known of the template without AWS. */
class BookKeeperTemplateIT {

  private Template template;

  @BeforeEach
  void read() throws Exception {
    template = Template.read();
  }

  @Test
  void template_passesCfnLint() throws Exception {
    assumeTrue(Script.exists("cfn-lint"), "cfn-lint of the template: needs the program cfn-lint");
    Script.run("cfn-lint", Template.FILE.toString()).succeeded();
  }

  @Test
  void everyReference_namesAParameterOrAResource() {
    Set<String> declared = new TreeSet<>(template.names("Parameters"));
    declared.addAll(template.names("Resources"));
    assertThat(template.references())
        .hasSizeGreaterThan(20)
        .allMatch(name -> declared.contains(name) || name.startsWith("AWS::"));
    assertThat(template.references()).containsAll(template.names("Parameters"));
  }

  @Test
  void ensemble_isThreeBookiesAndThreeZooKeepers_oneOfEachInEverySubnet() {
    for (String kind : List.of("Bookie", "ZooKeeper")) {
      for (int zone = 0; zone < 3; zone++) {
        String name = kind + "ABC".charAt(zone);
        assertThat(template.resource(name)).contains("Type: AWS::EC2::Instance");
        assertThat(template.resource(name + "Interface"))
            .contains("SubnetId: !Select [%d, !Ref Subnets]".formatted(zone));
      }
    }
  }

  @Test
  void everyVolume_staysWhenTheStackIsDeletedOrReplacesIt_andIsAttachedInItsZone() {
    List<String> volumes =
        template.names("Resources").stream()
            .filter(name -> template.resource(name).contains("Type: AWS::EC2::Volume\n"))
            .toList();
    assertThat(volumes).hasSize(9);
    String attachments = String.join("\n", template.lines());
    for (String volume : volumes) {
      assertThat(template.resource(volume))
          .contains("DeletionPolicy: Retain", "UpdateReplacePolicy: Retain", "Encrypted: true")
          .contains(".AvailabilityZone");
      assertThat(attachments).contains("VolumeId: !Ref " + volume + "\n");
      assertThat(template.resource("AllServe")).contains("Attachment");
    }
  }

  @Test
  void versionOfBookKeeper_isThatOfTheClientInThePlugin() throws Exception {
    String parent = java.nio.file.Files.readString(Script.EMR.resolve("../../pom.xml"));
    String version =
        parent.replaceAll("(?s).*<bookkeeper.version>(.*)</bookkeeper.version>.*", "$1");
    assertThat(template.userData()).contains("/opt/bookkeeper/bookkeeper-server-" + version);
    assertThat(template.userData()).contains("journalSyncData=true");
  }
}
