package io.breakwater.iceberg.convert;

import io.breakwater.iceberg.plan.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;

/** A real table on which others work just before each of its commits. */
final class Meddling {
  private Meddling() {}

  static Target before(Table table, Runnable work) {
    TableOperations real = ((HasTableOperations) table).operations();
    TableOperations meddled =
        (TableOperations)
            Proxy.newProxyInstance(
                Meddling.class.getClassLoader(),
                new Class<?>[] {TableOperations.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("commit")) {
                    work.run();
                  }
                  try {
                    return method.invoke(real, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return Target.main(new BaseTable(meddled, table.name()));
  }
}
