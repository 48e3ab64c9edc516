package io.breakwater.iceberg;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;

/** A real table, but for something that happens when a rewrite is about to be committed. */
public final class MeddledTable {
  private MeddledTable() {}

  /**
   * Returns {@code table} with {@code commit} in the place of {@link RewriteFiles#commit()}; it
   * gets the real update and may commit it.
   */
  public static Table of(Table table, Consumer<RewriteFiles> commit) {
    return (Table)
        Proxy.newProxyInstance(
            MeddledTable.class.getClassLoader(),
            new Class<?>[] {Table.class, HasTableOperations.class},
            (proxy, method, arguments) -> {
              Object result = invoke(table, method, arguments);
              return result instanceof RewriteFiles rewrite ? meddled(rewrite, commit) : result;
            });
  }

  private static RewriteFiles meddled(RewriteFiles rewrite, Consumer<RewriteFiles> commit) {
    return (RewriteFiles)
        Proxy.newProxyInstance(
            MeddledTable.class.getClassLoader(),
            new Class<?>[] {RewriteFiles.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                commit.accept(rewrite);
                return null;
              }
              Object result = invoke(rewrite, method, arguments);
              return result == rewrite ? proxy : result;
            });
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
