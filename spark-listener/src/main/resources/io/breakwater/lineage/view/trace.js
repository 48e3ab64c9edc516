/** Where a column comes from and what becomes of it. */
const Trace = (() => {
  /** Column edges by where they lead and where they come from; made on first use. */
  function index(model) {
    if (model.columnIndex) {
      return model.columnIndex;
    }
    const edges = new Map();
    for (const job of model.jobs) {
      for (const version of job.versions) {
        for (const output of version.outputs) {
          for (const edge of output.columns) {
            add(edges, job, version, output.dataset, edge);
          }
        }
      }
    }
    const into = new Map();
    const outOf = new Map();
    for (const edge of edges.values()) {
      edge.direct = edge.transformations.every(([type]) => type !== "INDIRECT");
      push(into, place(edge.to, edge.toColumn), edge);
      push(outOf, place(edge.from, edge.fromColumn), edge);
    }
    model.columnIndex = { into, outOf };
    return model.columnIndex;
  }

  function add(edges, job, version, output, edge) {
    const key = JSON.stringify([edge.dataset, edge.input, output, edge.output, job.index]);
    const known = edges.get(key);
    const older = version !== job.latest;
    if (known === undefined || (known.older && !older)) {
      edges.set(key, {
        from: edge.dataset,
        fromColumn: edge.input,
        to: output,
        toColumn: edge.output,
        transformations: edge.transformations,
        job,
        older,
      });
    }
  }

  function push(map, key, value) {
    const list = map.get(key);
    if (list) {
      list.push(value);
    } else {
      map.set(key, [value]);
    }
  }

  function place(dataset, column) {
    return `${dataset}:${column}`;
  }

  /**
   * The edges that a column is reached by and reaches, at most `limit`. Direct ones are followed on;
   * indirect ones (a filter, a join key) are shown and not followed, since all columns hang on them.
   */
  function of(model, dataset, column, indirect, limit) {
    const { into, outOf } = index(model);
    const found = new Set();
    let complete = true;
    const follow = (edgesAt, end) => {
      const seen = new Set([place(dataset, column)]);
      const open = [[dataset, column]];
      while (open.length > 0) {
        for (const edge of edgesAt(...open.shift())) {
          if (!edge.direct && !indirect) {
            continue;
          }
          if (found.size >= limit && !found.has(edge)) {
            complete = false;
            return;
          }
          found.add(edge);
          const [nextDataset, nextColumn] = end(edge);
          if (edge.direct && nextColumn !== "" && !seen.has(place(nextDataset, nextColumn))) {
            seen.add(place(nextDataset, nextColumn));
            open.push([nextDataset, nextColumn]);
          }
        }
      }
    };
    follow(
      (at, name) => [...(into.get(place(at, name)) || []), ...(into.get(place(at, "")) || [])],
      (edge) => [edge.from, edge.fromColumn],
    );
    follow(
      (at, name) => outOf.get(place(at, name)) || [],
      (edge) => [edge.to, edge.toColumn],
    );
    return { edges: [...found], complete };
  }

  return { of };
})();
