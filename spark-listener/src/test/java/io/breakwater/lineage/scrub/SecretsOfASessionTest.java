package io.breakwater.lineage.scrub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.breakwater.lineage.EventChecks;
import io.breakwater.lineage.Events;
import io.breakwater.lineage.HttpBackend;
import io.breakwater.lineage.LineageSession;
import io.breakwater.lineage.PublishedSchemas;
import io.breakwater.lineage.tool.LineageTool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.DataTypes;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every address of the corpus, secrets included, wherever a real session takes one: options, paths,
 * properties, configuration, SQL, messages of errors, arguments of calls, names. The backend takes
 * no event, so that the spool still has them all in the end.
 */
class SecretsOfASessionTest {

  private static final List<Address> CORPUS = Address.corpus();
  private static final List<Address> PATHS =
      CORPUS.stream()
          .filter(Address::isPath)
          .filter(address -> !address.url().startsWith("file:"))
          .toList();

  /** All addresses in one text, as a user may have them in a message. */
  private static final String ALL =
      CORPUS.stream().map(Address::url).collect(Collectors.joining(" and\n"));

  @TempDir private static Path directory;

  private static LogLines log;
  private static SparkSession spark;
  private static String page;
  private static String metrics;
  private static List<JsonNode> events;

  @BeforeAll
  static void plantSecrets() throws Exception {
    log = LogLines.open();
    try (HttpBackend backend = HttpBackend.answering(503);
        Connection database = DriverManager.getConnection(CorpusDriver.DATABASE);
        LineageSession session = LineageSession.start(directory, conf(backend.url()))) {
      database.createStatement().execute("create table orders as select 1 as id");
      spark = session.spark();
      databases();
      paths();
      textsOfSql();
      propertiesAndComments();
      failures();
      calls();
      stream();
      spark.range(1).write().parquet(path("last"));
      String ui = spark.sparkContext().uiWebUrl().get();
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> get(ui + "/lineage/view/").contains(path("last")));
      page = get(ui + "/lineage/view/");
      metrics = get(ui + "/metrics/json/");
    }
    events =
        Events.waitingUnchecked(directory.resolve("spool"), Files.createDirectory(local("copy")));
  }

  @AfterAll
  static void closeLog() {
    log.close();
  }

  private static Map<String, String> conf(String backend) throws IOException {
    Files.createDirectory(local("event-log"));
    Map<String, String> conf = new HashMap<>();
    conf.put("spark.app.name", "Copy of jdbc:postgresql://app:S3CR3T@pg/shop");
    conf.put("spark.ui.enabled", "true");
    conf.put("spark.ui.port", "0");
    conf.put("spark.eventLog.enabled", "true");
    conf.put("spark.eventLog.dir", local("event-log").toUri().toString());
    conf.put("spark.breakwater.lineage.events.running", "all");
    conf.put("spark.breakwater.lineage.events.maxBytes", "32m");
    conf.put("spark.breakwater.lineage.archive.path", "s3a://AKIAEXAMPLE:S3CR3T@bucket/lineage");
    conf.put("spark.breakwater.lineage.job.namespace", "of https://user:S3CR3T@example.com/");
    conf.put("spark.breakwater.lineage.emr.infoDir", "sftp://user:S3CR3T@sftp/");
    conf.put("spark.openlineage.transport.type", "http");
    conf.put("spark.openlineage.transport.url", backend.replace("//", "//app:S3CR3T@"));
    conf.put("spark.openlineage.transport.auth.type", "api_key");
    conf.put("spark.openlineage.transport.auth.apiKey", "S3CR3T");
    conf.put("spark.openlineage.job.owners.team", "jdbc:mysql://root:S3CR3T@db/shop");
    conf.put("spark.openlineage.job.tags", "from:mongodb://app:S3CR3T@m1/shop;other");
    conf.put(
        "spark.openlineage.capturedProperties",
        IntStream.range(0, CORPUS.size())
            .mapToObj(i -> "spark.planted.address" + i)
            .collect(Collectors.joining(",", "spark.master,spark.app.name,", "")));
    for (int i = 0; i < CORPUS.size(); i++) {
      conf.put("spark.planted.address" + i, CORPUS.get(i).url());
      conf.put("spark.hadoop.planted.address" + i, CORPUS.get(i).url());
    }
    for (Address path : PATHS) {
      conf.put(
          "spark.hadoop.fs." + URI.create(scheme(path)).getScheme() + ".impl",
          CorpusFileSystem.class.getName());
    }
    conf.put("spark.hadoop." + CorpusFileSystem.ROOT, local("corpus").toString());
    conf.put("spark.hadoop.fs.s3a.secret.key", "S3CR3T");
    conf.put("spark.sql.catalog.leaky", "org.apache.iceberg.spark.SparkCatalog");
    conf.put("spark.sql.catalog.leaky.type", "hadoop");
    conf.put("spark.sql.catalog.leaky.warehouse", "s3a://AKIAEXAMPLE:S3CR3T@bucket/warehouse");
    return conf;
  }

  private static String scheme(Address address) {
    return address.url().substring(0, address.url().indexOf("://")) + ":///";
  }

  private static Path local(String name) {
    return directory.resolve(name);
  }

  private static String path(String name) {
    return directory.resolve("tables").resolve(name).toString();
  }

  private static String get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /**
   * All addresses as options of a view; a table of each, read together; a refused write to each.
   */
  private static void databases() {
    spark.sql(
        "CREATE TEMPORARY VIEW from_sql USING jdbc OPTIONS (url "
            + CORPUS.get(0).literal()
            + ", driver '"
            + CorpusDriver.class.getName()
            + "', dbtable 'orders', user 'app', password 'S3CR3T', "
            + numbered(address -> " " + address.literal())
            + ")");
    List<Dataset<Row>> tables = new ArrayList<>(List.of(spark.table("from_sql")));
    for (Address address : CORPUS) {
      tables.add(
          spark
              .read()
              .format("jdbc")
              .option("url", address.url())
              .option("driver", CorpusDriver.class.getName())
              .option("dbtable", "orders")
              .option("password", "S3CR3T")
              .load());
    }
    while (tables.size() > 1) {
      tables.add(tables.remove(0).union(tables.remove(0)));
    }
    tables.get(0).coalesce(1).write().saveAsTable("from_databases");
    for (Address address : everyNth(3)) {
      fails(
          () ->
              spark
                  .range(1)
                  .write()
                  .mode(SaveMode.Append)
                  .format("jdbc")
                  .option("url", address.url())
                  .option("driver", CorpusDriver.class.getName())
                  .option("dbtable", "orders")
                  .option("password", "S3CR3T")
                  .option(CorpusDriver.REFUSE, "true")
                  .save());
    }
  }

  /** Files at each address, written one by one and read together, also as RDDs. */
  private static void paths() {
    for (Address address : PATHS) {
      spark.range(1).write().mode(SaveMode.Overwrite).parquet(address.url() + "/t");
    }
    String[] all = PATHS.stream().map(address -> address.url() + "/t").toArray(String[]::new);
    Dataset<Row> read = spark.read().parquet(all);
    read.write().parquet(path("from_paths"));
    read.cache().count();
    read.write().parquet(path("from_cache"));
    read.toJSON().javaRDD().setName(ALL).saveAsTextFile(PATHS.get(0).url() + "/text");
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<JavaRDD<String>> rdds = new ArrayList<>();
    for (String path : all) {
      // Spark splits such a text at its commas.
      if (!path.contains(",")) {
        rdds.add(context.textFile(path));
      }
    }
    JavaRDD<String> texts = rdds.stream().reduce(JavaRDD::union).orElseThrow();
    texts.count();
    spark.sql("CREATE TABLE leaky.db.t (id BIGINT) USING iceberg");
    spark.sql("INSERT INTO leaky.db.t VALUES (1)");
    spark.sql("CREATE TABLE out_of_iceberg USING parquet AS SELECT * FROM leaky.db.t");
  }

  private static void textsOfSql() {
    String columns =
        CORPUS.stream()
            .map(address -> address.literal() + " AS `" + address.url().replace("`", "``") + "`")
            .collect(Collectors.joining(", "));
    spark.sql("CREATE TEMPORARY VIEW texts AS SELECT " + columns);
    spark.sql("CREATE VIEW views AS SELECT " + literals(Address::literal) + " AS one");
    spark
        .sql("SELECT one FROM views WHERE one NOT IN (" + literals(Address::literal) + ")")
        .write()
        .parquet(path("from_views"));
    spark.sql("SELECT * FROM texts").write().format("json").save(path("from_texts"));
  }

  /** For jobs of their own; other jobs have all addresses at once. */
  private static List<Address> everyNth(int n) {
    return IntStream.range(0, CORPUS.size()).filter(i -> i % n == 0).mapToObj(CORPUS::get).toList();
  }

  /** Names {@code p0} and so on, and behind each what {@code value} makes of an address. */
  private static String numbered(Function<Address, String> value) {
    return IntStream.range(0, CORPUS.size())
        .mapToObj(i -> "p" + i + value.apply(CORPUS.get(i)))
        .collect(Collectors.joining(", "));
  }

  private static String literals(Function<Address, String> literal) {
    return CORPUS.stream().map(literal).collect(Collectors.joining(", "));
  }

  private static void propertiesAndComments() {
    String columns = numbered(address -> " STRING COMMENT " + address.literal());
    String properties = "(" + numbered(address -> "=" + address.literal()) + ")";
    String all = new Address(ALL, "").literal();
    for (String table : List.of("documented USING parquet", "ice.db.documented USING iceberg")) {
      String name = table.substring(0, table.indexOf(' '));
      spark.sql(
          "CREATE TABLE "
              + table.replace(" USING", " (" + columns + ") USING")
              + " COMMENT "
              + all
              + " TBLPROPERTIES "
              + properties);
      spark.sql("ALTER TABLE " + name + " SET TBLPROPERTIES " + properties);
      spark.sql("INSERT INTO " + name + " SELECT " + literals(address -> address.literal()));
      spark.table(name).write().parquet(path("of_" + name));
    }
    for (Address address : CORPUS) {
      spark.conf().set("spark.planted.now", address.url());
    }
    spark.sql("SET spark.planted.now=" + CORPUS.get(0).url()).count();
  }

  private static final class Refusing implements UDF1<Long, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long call(Long number) {
      throw new IllegalStateException("Cannot log in to " + ALL, new IOException(ALL));
    }
  }

  private static void failures() {
    spark.udf().register("refused", new Refusing(), DataTypes.LongType);
    spark.sparkContext().setJobDescription(ALL);
    spark.sparkContext().setJobGroup(ALL, ALL, false);
    fails(() -> spark.range(1).selectExpr("refused(id)").write().parquet(path("never")));
    fails(() -> spark.range(1).selectExpr("refused(id)").javaRDD().setName(ALL).count());
    spark.sparkContext().clearJobGroup();
    spark.sparkContext().setJobDescription(null);
  }

  private static void calls() {
    spark.sql("CREATE TABLE ice.db.called (id BIGINT, name STRING) USING iceberg");
    spark.sql("INSERT INTO ice.db.called VALUES (1, 'one')");
    for (Address address : everyNth(8)) {
      fails(
          () ->
              spark.sql("CALL ice.system.publish_changes('db.called', " + address.literal() + ")"));
    }
    spark.sql(
        "CALL ice.system.rewrite_data_files(table => 'db.called', where => "
            + new Address(
                    "name IN (" + literals(a -> '"' + a.url().replace("\"", "") + '"') + ")", "")
                .literal()
            + ")");
    fails(
        () ->
            spark.sql(
                "CALL ice.system.rewrite_data_files(table => 'db.called', options => map("
                    + literals(a -> a.literal() + ", " + a.literal())
                    + "))"));
    for (Address address : PATHS) {
      fails(
          () ->
              spark.sql(
                  "CALL ice.system.register_table('db.registered', " + address.literal() + ")"));
    }
  }

  private static void stream() throws Exception {
    Dataset<Row> rows = spark.readStream().schema("id BIGINT").parquet(PATHS.get(0).url() + "/t");
    StreamingQuery copy =
        rows.writeStream()
            .queryName("copy of " + CORPUS.get(0).url())
            .option("checkpointLocation", PATHS.get(1).url() + "/checkpoint")
            .trigger(Trigger.AvailableNow())
            .start(PATHS.get(2).url() + "/copy");
    copy.awaitTermination();
    StreamingQuery broken =
        rows.writeStream()
            .foreachBatch(
                (VoidFunction2<Dataset<Row>, Long>)
                    (batch, id) -> {
                      throw new IllegalStateException("Cannot log in to " + ALL);
                    })
            .trigger(Trigger.AvailableNow())
            .start();
    fails(broken::awaitTermination);
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private static void fails(Attempt attempt) {
    Assertions.assertThatThrownBy(attempt::run).isNotNull();
  }

  private static void assertClean(String what, String text) {
    assertThat(EventChecks.leaks(text)).as(what).isEmpty();
  }

  @Test
  void everyAddress_hasReachedTheEvents() {
    assertThat(ofJob("from_databases", "COMPLETE"))
        .anySatisfy(event -> assertThat(event.path("inputs")).hasSizeGreaterThan(120));
    assertThat(messages("Access denied to")).hasSizeGreaterThanOrEqualTo(everyNth(3).size());
    assertThat(messages("WAP ID")).hasSizeGreaterThanOrEqualTo(everyNth(8).size());
    assertThat(ofJob("from_paths", "COMPLETE"))
        .anySatisfy(event -> assertThat(event.path("inputs")).hasSizeGreaterThan(PATHS.size() / 2));
  }

  private static List<JsonNode> ofJob(String name, String type) {
    return events.stream()
        .filter(event -> event.at("/job/name").asText().contains(name))
        .filter(event -> event.at("/eventType").asText().equals(type))
        .toList();
  }

  private static List<String> messages(String text) {
    return events.stream()
        .map(event -> event.at("/run/facets/errorMessage/message").asText())
        .filter(message -> message.contains(text))
        .toList();
  }

  @Test
  void events_holdNoSecret() {
    Map<String, Set<String>> leaks = new TreeMap<>();
    Set<String> violations = new TreeSet<>();
    for (JsonNode event : events) {
      leaks(event, "", leaks);
      violations.addAll(PublishedSchemas.violations(event));
    }
    assertThat(leaks).isEmpty();
    assertThat(violations).isEmpty();
  }

  /** The places with secrets, and the strings that hold them. */
  private static void leaks(JsonNode node, String place, Map<String, Set<String>> leaks) {
    if (node.isValueNode()) {
      for (String leak : EventChecks.leaks(node.asText())) {
        leaks.computeIfAbsent(place, p -> new TreeSet<>()).add(leak);
      }
    }
    node.forEach(
        child -> {
          if (node.isArray()) {
            leaks(child, place + "/*", leaks);
          }
        });
    node.fields()
        .forEachRemaining(
            field -> {
              for (String leak : EventChecks.leaks(field.getKey())) {
                leaks.computeIfAbsent(place + " key", p -> new TreeSet<>()).add(leak);
              }
              leaks(field.getValue(), place + "/" + field.getKey(), leaks);
            });
  }

  @Test
  void filesOfTheSpool_holdNoSecret() throws IOException {
    assertFilesClean(local("spool"));
  }

  @Test
  void copiesOfTheSpool_holdNoSecret() throws IOException {
    assertFilesClean(local("corpus").resolve("s3a"));
  }

  private static void assertFilesClean(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (file.toString().contains("segment") || root.endsWith("spool")) {
          assertClean(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
  }

  @Test
  void eventLog_hasLineageWithoutSecrets() throws IOException {
    try (Stream<Path> files = Files.list(local("event-log"))) {
      List<String> lines = new ArrayList<>();
      for (Path file : files.filter(f -> !f.toString().endsWith(".crc")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
      String ours =
          lines.stream()
              .filter(line -> line.contains("LoggedLineage"))
              .collect(Collectors.joining("\n"));
      assertThat(ours).contains("from_databases");
      assertClean("event log", ours);
    }
  }

  @Test
  void pagesAndMetrics_holdNoSecret() throws IOException {
    assertClean("tab of the UI", page);
    assertThat(metrics).contains("breakwater.lineage.emitted");
    assertClean("metrics", metrics);
    Path html = local("lineage.html");
    assertThat(LineageTool.run("view", local("spool").toString(), "-o", html.toString())).isZero();
    assertClean("page of the tool", Files.readString(html));
  }

  @Test
  void linesOfTheLog_holdNoSecret() {
    assertThat(log.lines()).anySatisfy(line -> assertThat(line).contains("through the spool"));
    assertThat(log.lines()).anySatisfy(line -> assertThat(line).contains("Cannot deliver"));
    assertClean("log", String.join("\n", log.lines()));
  }
}
