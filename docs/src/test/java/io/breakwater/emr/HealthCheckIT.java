package io.breakwater.emr;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The script against a stand-in that answers as the four services do: ResourceManager and NameNode
 * of Hadoop 3.4.2 and the master of HBase 2.6.4 as they were seen, Livy as its documentation says.
 */
class HealthCheckIT {

  private static final String RESOURCE_MANAGER = "/ws/v1/cluster/info";
  private static final String NAME_NODE = "/jmx?qry=Hadoop:service=NameNode,name=NameNodeStatus";
  private static final String FILES = "/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState";
  private static final String LIVY = "/sessions?from=0&size=1";
  private static final String MASTER = "/jmx?qry=Hadoop:service=HBase,name=Master,sub=Server";
  private static final String ASSIGNMENT =
      "/jmx?qry=Hadoop:service=HBase,name=Master,sub=AssignmentManager";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final AtomicInteger failuresFirst = new AtomicInteger();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    answers.put(
        RESOURCE_MANAGER,
        "{\"clusterInfo\":{\"id\":1795274828026,\"startedOn\":1795274828026,\"state\":\"STARTED\","
            + "\"haState\":\"ACTIVE\",\"hadoopVersion\":\"3.4.2\"}}");
    answers.put(
        NAME_NODE,
        """
        {
          "beans" : [ {
            "name" : "Hadoop:service=NameNode,name=NameNodeStatus",
            "State" : "active",
            "SecurityEnabled" : false,
            "NNRole" : "NameNode"
          } ]
        }
        """);
    answers.put(
        FILES,
        """
        {
          "beans" : [ {
            "name" : "Hadoop:service=NameNode,name=FSNamesystemState",
            "FSState" : "Operational",
            "NumLiveDataNodes" : 3
          } ]
        }
        """);
    answers.put(LIVY, "{\"from\":0,\"total\":2,\"sessions\":[]}");
    answers.put(
        MASTER,
        """
        {
          "beans" : [ {
            "name" : "Hadoop:service=HBase,name=Master,sub=Server",
            "tag.isActiveMaster" : "true",
            "numRegionServers" : 2,
            "numDeadRegionServers" : 0
          } ]
        }
        """);
    answers.put(ASSIGNMENT, "{ \"beans\" : [ { \"ritCountOverThreshold\" : 0 } ] }");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String answer = answers.get(exchange.getRequestURI().toString());
          boolean fails = failuresFirst.getAndDecrement() > 0 || answer == null;
          byte[] body = (fails ? "" : answer).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(fails ? 503 : 200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void clusterThatServes_isSaidToBeWell() throws Exception {
    assertThat(check().succeeded().output())
        .isEqualTo(
            """
            ok      ResourceManager STARTED, ACTIVE
            ok      NameNode        active, Operational, 3 live DataNodes
            ok      Livy            2 sessions
            ok      HBase           active master true, 2 live and 0 dead region servers, 0 regions stuck
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "STARTED, INITED, 1, FAILED  ResourceManager",
    "ACTIVE, STANDBY, 1, FAILED  ResourceManager STARTED",
    "\"active\", \"standby\", 2, FAILED  NameNode        standby",
    "Operational, safeMode, 2, FAILED  NameNode        active",
    "total, error, 4, FAILED  Livy            no list of sessions",
    "\"true\", \"false\", 8, FAILED  HBase           active master false",
    "Servers\" : 2, Servers\" : 0, 8, FAILED  HBase           active master true",
    "Threshold\" : 0, Threshold\" : 4, 8, 4 regions stuck"
  })
  void serviceThatIsNotWell_givesItsCode(String well, String ill, int code, String message)
      throws Exception {
    answers.replaceAll((path, answer) -> answer.replace(well, ill));
    check().failed(code, message);
  }

  @Test
  void clusterThatIsGone_givesTheSumOfAllCodes() throws Exception {
    server.stop(0);
    check().failed(15, "FAILED  ResourceManager curl: (7)", "FAILED  HBase           curl: (7)");
  }

  @Test
  void servicesThatAreNotAsked_doNotCount() throws Exception {
    answers.remove(LIVY);
    answers.remove(MASTER);
    assertThat(check("--checks", "namenode,resourcemanager").succeeded().output())
        .doesNotContain("Livy");
    check().failed(12, "FAILED  Livy", "FAILED  HBase");
  }

  @Test
  void failureThatPasses_isNoFailure() throws Exception {
    failuresFirst.set(2);
    check("--attempts", "3", "--interval", "0", "--checks", "livy").succeeded();
    failuresFirst.set(3);
    check("--attempts", "3", "--interval", "0", "--checks", "livy").failed(4, "503");
  }

  @Test
  void wrongUsage_isNamed() throws Exception {
    check("--checks", "hive").failed(64, "Invalid --checks: hive, must be of resourcemanager");
    check("--attempts", "0").failed(64, "Invalid --attempts: 0, must be 1 or more");
    check("--colour", "red").failed(64, "Unknown argument --colour");
    Script.run("bash", Script.EMR.resolve("health-check.sh").toString())
        .failed(64, "Missing --host");
  }

  private Script check(String... more) throws Exception {
    String port = Integer.toString(server.getAddress().getPort());
    List<String> command = new ArrayList<>();
    command.add("bash");
    command.add(Script.EMR.resolve("health-check.sh").toString());
    command.addAll(List.of("--host", "127.0.0.1", "--attempts", "1", "--timeout", "30"));
    for (String service : List.of("resourcemanager", "namenode", "livy", "hbase")) {
      command.addAll(List.of("--" + service + "-port", port));
    }
    command.addAll(List.of(more));
    return Script.run(Map.of(), command);
  }
}
