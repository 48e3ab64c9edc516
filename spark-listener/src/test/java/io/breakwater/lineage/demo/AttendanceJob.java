package io.breakwater.lineage.demo;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The first job of the demo: employees from a database joined with a CSV of attendances, saved as a
 * table. H2 in memory stands in for the database. Then it waits to be killed.
 */
public final class AttendanceJob {

  /** In the connection's properties; must never be seen in an event. */
  static final String PASSWORD = "attendance-demo-passw0rd";

  private static final String URL = "jdbc:h2:mem:employee_db;DB_CLOSE_DELAY=-1";

  private AttendanceJob() {}

  public static void main(String[] args) throws SQLException, InterruptedException {
    Path directory = Path.of(args[0]);
    fillDatabase();
    SparkSession spark = DemoSession.open("attendance", directory);
    Properties connection = new Properties();
    connection.setProperty("driver", "org.h2.Driver");
    connection.setProperty("user", "sa");
    connection.setProperty("password", PASSWORD);
    Dataset<Row> employees = spark.read().jdbc(URL, "employee", connection);
    Dataset<Row> attendances =
        spark
            .read()
            .option("header", "true")
            .option("inferSchema", "true")
            .csv(directory.resolve("attendance.csv").toString());
    spark.sql("CREATE DATABASE employee_db");
    employees
        .join(attendances, "EmployeeID")
        .write()
        .format("parquet")
        .saveAsTable("employee_db.attendance_with_emp");
    System.out.println("rows " + spark.table("employee_db.attendance_with_emp").count());
    Thread.currentThread().join();
  }

  private static void fillDatabase() throws SQLException {
    try (Connection database = DriverManager.getConnection(URL, "sa", PASSWORD);
        Statement statement = database.createStatement()) {
      statement.execute(
          "CREATE TABLE employee (EmployeeID INT PRIMARY KEY, Name VARCHAR(40), Department"
              + " VARCHAR(40), Salary DECIMAL(10, 2))");
      statement.execute(
          "INSERT INTO employee VALUES (1, 'Ada', 'Research', 5200.00), (2, 'Ben', 'Sales',"
              + " 4100.00), (3, 'Chi', 'Research', 5400.00), (4, 'Dag', 'Support', 3900.00)");
    }
  }
}
