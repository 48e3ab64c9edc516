package io.breakwater.wal.crypto;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/** The key providers there are. */
public final class KeyProviders {

  private KeyProviders() {}

  /**
   * Master keys in a text file, one {@code id=key} a line, the key as 32 bytes in Base64; the first
   * line's is the current one.
   */
  public static KeyProvider keyFile(Path file) {
    return new LocalKeyProvider(new KeyFile(file));
  }

  /**
   * Master keys in a Java keystore, by alias.
   *
   * @param type of the keystore, such as JCEKS or PKCS12
   * @param alias the current key, a secret AES key of 256 bits
   * @param passwordFile holds the password of the keystore and its keys
   */
  public static KeyProvider keystore(Path file, String type, String alias, Path passwordFile) {
    return new LocalKeyProvider(new Keystore(file, type, alias, passwordFile));
  }

  /**
   * A key of AWS KMS.
   *
   * @param keyId id, ARN or alias
   * @param region null for the one that the AWS SDK finds
   * @param endpoint null for that of the region
   * @throws IOException if the AWS SDK for Java 2 is not on the class path or cannot start
   */
  public static KeyProvider awsKms(String keyId, String region, URI endpoint) throws IOException {
    try {
      return new KmsKeyProvider(keyId, region, endpoint);
    } catch (NoClassDefFoundError e) {
      throw new IOException(
          "Cannot use AWS KMS: "
              + e.getMessage()
              + " is not on the class path; put the AWS SDK for Java 2 there (kms and"
              + " url-connection-client, or its bundle)",
          e);
    } catch (RuntimeException e) {
      throw new IOException("Cannot use AWS KMS with key " + keyId + ": " + e.getMessage(), e);
    }
  }

  /**
   * A provider of somebody else.
   *
   * @throws IOException if the class is not there, is no {@link KeyProvider}, has no public
   *     constructor that takes a {@link Configuration}, or that constructor failed
   */
  public static KeyProvider ofClass(String className, Configuration conf) throws IOException {
    try {
      return conf.getClassByName(className)
          .asSubclass(KeyProvider.class)
          .getConstructor(Configuration.class)
          .newInstance(conf);
    } catch (InvocationTargetException e) {
      throw new IOException(
          "Cannot make key provider " + className + ": " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IOException(
          "Cannot use key provider "
              + className
              + ": must be a public class that implements "
              + KeyProvider.class.getName()
              + " and has a public constructor that takes a "
              + Configuration.class.getName(),
          e);
    }
  }
}
