package io.breakwater.lineage.scrub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextScrubberTest {

  @Test
  void textWithoutSecrets_staysAsItIs() {
    for (String text :
        List.of(
            "select a.token, b.id from a join b on a.token = b.token where n > 5",
            "select count(*) from events where token_count = 5 and kind = 'secret'",
            "merge into ice.db.t t using ice.db.s s on t.id=s.id when matched then update set *",
            "at org.apache.spark.sql.Dataset.count(Dataset.scala:3613)",
            "[COLUMN_ALREADY_EXISTS] The column `x` already exists. SQLSTATE: 42711",
            "/data/dt=2026-01-01/hour=3",
            "s3://bucket/warehouse/db.db/t",
            "arn:aws:glue:eu-west-1:123456789012",
            "default",
            "file",
            "at com.example.Token.read(Token.java:45)",
            "at com.example.UserSecret$.apply(UserSecret.scala:45)",
            "-- a basic transformation of passengers, bypass = 'none'",
            "with a bearer token, see Basic Authentication",
            "Cannot load https://example.com/a/b: 404; trying again")) {
      assertThat(TextScrubber.text(text)).isEqualTo(text);
      assertThat(TextScrubber.location(text)).isEqualTo(text);
    }
  }

  @Test
  void valuesOfSecrets_areReplaced() {
    for (String text :
        List.of(
            "set spark.hadoop.fs.s3a.secret.key=S3CR3T",
            "OPTIONS (password 'S3CR3T', user 'app')",
            "OPTIONS ('password' = 'S3CR3T''x')",
            "OPTIONS (\"sfPassword\" \"S3CR3T\")",
            "{\"accessToken\": \"S3CR3T\"}",
            "map('api_key', 1) password=>'S3CR3T'",
            "TBLPROPERTIES ('fs.azure.account.key' = 'S3CR3T')",
            "create user x identified by 'S3CR3T'",
            "ALTER USER x IDENTIFIED BY S3CR3T",
            "login failed: user=app,password=S3CR3T)",
            "AWS_SECRET_ACCESS_KEY=S3CR3T aws s3 ls",
            "private_key_passphrase: S3CR3T",
            "SET fs.azure.account.key.acct.dfs.core.windows.net=S3CR3T",
            "'fs.azure.sas.data.acct.blob.core.windows.net' = 'S3CR3T'",
            "OPTIONS ('es.net.http.auth.pass' 'S3CR3T')",
            "spark.redis.auth=S3CR3T",
            "parquet.encryption.key.list=k1:S3CR3T",
            "from_json('{\\\"password\\\": \\\"S3CR3T\\\"}')",
            "sqoop --connect-password S3CR3T --table t",
            "java -Djavax.net.ssl.keyStorePassword=S3CR3T",
            "Authorization: Bearer S3CR3T0123",
            "curl -H 'Authorization: Basic S3CR3TUzNDUjNU=='",
            "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.S3CR3T_x",
            "-----BEGIN RSA PRIVATE KEY-----\nS3CR3T+/abc\n-----END RSA PRIVATE KEY-----")) {
      assertThat(TextScrubber.text(text)).contains("***").doesNotContain("S3CR3T");
    }
  }

  @Test
  void whatStandsBesideASecret_isKept() {
    assertThat(TextScrubber.text("OPTIONS (password 'S3CR3T', dbtable 'public.t')"))
        .isEqualTo("OPTIONS (password '*********(redacted)', dbtable 'public.t')");
    assertThat(TextScrubber.text("(see https://user:S3CR3T@example.com/a, line 3)"))
        .isEqualTo("(see https://example.com/a, line 3)");
  }

  @Test
  void datasetName_keepsDatabaseAndTable() {
    assertThat(TextScrubber.name("db;AccessKeyID=A;SecretAccessKey=S3CR3T.orders"))
        .isEqualTo("db.orders");
    assertThat(TextScrubber.name("shop.public.orders")).isEqualTo("shop.public.orders");
    assertThat(TextScrubber.name("/data/a;b/orders")).isEqualTo("/data/a;b/orders");
  }
}
