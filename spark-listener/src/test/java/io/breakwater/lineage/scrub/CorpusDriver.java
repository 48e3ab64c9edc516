package io.breakwater.lineage.scrub;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.Set;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Stands in for the drivers of all addresses of {@link Address#corpus}: whatever the address, the
 * database is one of H2 in this process; or nobody may log in, if the property {@link #REFUSE} says
 * so.
 */
public final class CorpusDriver implements Driver {

  static final String REFUSE = "refuse";
  static final String DATABASE =
      "jdbc:h2:mem:corpus;MODE=MySQL;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE";

  private static final Set<String> URLS =
      Address.corpus().stream().map(Address::url).collect(Collectors.toSet());

  @Override
  public Connection connect(String url, Properties properties) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    if (Boolean.parseBoolean(properties.getProperty(REFUSE))) {
      throw new SQLException(
          "Access denied to " + url, "28000", new IllegalStateException("for " + url));
    }
    return DriverManager.getConnection(DATABASE);
  }

  @Override
  public boolean acceptsURL(String url) {
    return URLS.contains(url);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }
}
