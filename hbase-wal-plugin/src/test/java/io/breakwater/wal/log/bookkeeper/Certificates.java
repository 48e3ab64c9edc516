package io.breakwater.wal.log.bookkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An authority and the certificates that it signs, made with the JDK's keytool. */
final class Certificates {

  private static final String PASSWORD = "changeit";

  private final Path directory;

  private Certificates(Path directory) {
    this.directory = directory;
  }

  /** A new authority, whose files are in {@code directory}; truststore.p12 trusts it. */
  static Certificates authority(Path directory) throws Exception {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("password"), PASSWORD);
    Certificates made = new Certificates(directory);
    made.generate("ca", "CN=Authority", "-ext", "bc:c");
    Path certificate = directory.resolve("ca.crt");
    made.keytool("-exportcert", "-alias", "ca", "-file", certificate.toString());
    run(
        "-importcert",
        "-noprompt",
        "-alias",
        "ca",
        "-file",
        certificate.toString(),
        "-keystore",
        made.truststore().toString(),
        "-storepass",
        PASSWORD);
    return made;
  }

  /** A private key and its certificate, for {@code localhost}, in a keystore of their own. */
  Path issue(String name, String unit) throws Exception {
    String distinguished = "CN=" + name + ",OU=" + unit;
    generate(name, distinguished, "-signer", "ca", "-ext", "san=dns:localhost");
    Path keystore = directory.resolve(name + ".p12");
    run(
        "-importkeystore",
        "-noprompt",
        "-srckeystore",
        directory.resolve("all.p12").toString(),
        "-srcstorepass",
        PASSWORD,
        "-srcalias",
        name,
        "-destkeystore",
        keystore.toString(),
        "-deststorepass",
        PASSWORD);
    return keystore;
  }

  Path truststore() {
    return directory.resolve("truststore.p12");
  }

  Path passwordFile() {
    return directory.resolve("password");
  }

  private void generate(String alias, String name, String... more) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("-genkeypair", "-alias", alias, "-dname", name, "-keyalg", "EC", "-validity", "9"));
    arguments.addAll(Arrays.asList(more));
    keytool(arguments.toArray(String[]::new));
  }

  private void keytool(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("-keystore", directory.resolve("all.p12").toString()));
    all.addAll(List.of("-storepass", PASSWORD));
    run(all.toArray(String[]::new));
  }

  private static void run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("Cannot run " + command + ": " + output);
    }
  }
}
