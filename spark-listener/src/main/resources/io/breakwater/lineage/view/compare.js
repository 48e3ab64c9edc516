/** What is different between two versions of a job. */
const Compare = (() => {
  /** Lists of changes; `change` is added, removed or changed. */
  function versions(from, to) {
    return {
      datasets: [...datasets("input", from.inputs, to.inputs), ...datasets("output", from.outputs, to.outputs)],
      fields: [...schemas("input", from.inputs, to.inputs), ...schemas("output", from.outputs, to.outputs)],
      columns: columns(from.outputs, to.outputs),
    };
  }

  function datasets(side, from, to) {
    return changes(keyed(from, (port) => port.dataset), keyed(to, (port) => port.dataset)).map(({ change, key }) => ({
      side,
      dataset: key,
      change,
    }));
  }

  /** Of datasets that both versions have and tell the schema of. */
  function schemas(side, from, to) {
    const before = keyed(from, (port) => port.dataset);
    const result = [];
    for (const port of to) {
      const other = before.get(port.dataset);
      if (!other || other.fields.length === 0 || port.fields.length === 0) {
        continue;
      }
      const old = keyed(other.fields, ([name]) => name);
      const now = keyed(port.fields, ([name]) => name);
      const same = (a, b) => a[1] === b[1];
      for (const { change, key, a, b } of changes(old, now, same)) {
        result.push({ side, dataset: port.dataset, field: key, change, before: a ? a[1] : "", after: b ? b[1] : "" });
      }
    }
    return result;
  }

  function columns(from, to) {
    return changes(edges(from), edges(to), (a, b) => text(a) === text(b)).map(({ change, a, b }) => ({
      ...(b || a),
      change,
      before: a ? a.transformations : [],
      after: b ? b.transformations : [],
    }));
  }

  function edges(outputs) {
    const result = new Map();
    for (const port of outputs) {
      for (const edge of port.columns) {
        const key = JSON.stringify([port.dataset, edge.output, edge.dataset, edge.input]);
        const known = result.get(key);
        const transformations = known ? [...known.transformations, ...edge.transformations] : edge.transformations;
        result.set(key, {
          to: port.dataset,
          toColumn: edge.output,
          from: edge.dataset,
          fromColumn: edge.input,
          transformations,
        });
      }
    }
    return result;
  }

  function text(edge) {
    return JSON.stringify(edge.transformations.map((one) => JSON.stringify(one)).sort());
  }

  function keyed(list, key) {
    return new Map(list.map((value) => [key(value), value]));
  }

  function changes(before, after, same = () => true) {
    const result = [];
    for (const [key, a] of before) {
      const b = after.get(key);
      if (b === undefined) {
        result.push({ change: "removed", key, a });
      } else if (!same(a, b)) {
        result.push({ change: "changed", key, a, b });
      }
    }
    for (const [key, b] of after) {
      if (!before.has(key)) {
        result.push({ change: "added", key, b });
      }
    }
    return result;
  }

  return { versions };
})();
