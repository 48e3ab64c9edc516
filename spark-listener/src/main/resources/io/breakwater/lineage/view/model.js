/** The embedded model with its places resolved, and what follows from it. */
const Model = (() => {
  function decode(data) {
    const model = {
      generated: data.generated,
      source: data.source,
      events: data.events,
      notices: data.notices,
      datasets: data.datasets.map((dataset, index) => ({
        ...dataset,
        kind: "dataset",
        key: `d${index}`,
        index,
        label: datasetLabel(dataset),
        fields: dataset.schema < 0 ? [] : data.schemas[dataset.schema],
        before: new Map(),
        after: new Map(),
      })),
      nodes: new Map(),
      runs: new Map(),
      children: new Map(),
    };
    model.jobs = data.jobs.map((job, index) => decodeJob(job, index, data));
    for (const node of [...model.datasets, ...model.jobs]) {
      model.nodes.set(node.key, node);
    }
    for (const job of model.jobs) {
      indexRuns(model, job);
      connect(model, job);
    }
    return model;
  }

  function decodeJob(job, index, data) {
    const fields = (schema) => (schema < 0 ? [] : data.schemas[schema]);
    const versions = job.versions.map((version, place) => ({
      number: job.olderVersions + place + 1,
      first: version.first,
      last: version.last,
      runs: version.runs,
      inputs: version.inputs.map(([dataset, schema]) => ({ dataset, fields: fields(schema) })),
      outputs: version.outputs.map(([dataset, schema, columns]) => ({
        dataset,
        fields: fields(schema),
        columns: columns < 0 ? [] : data.columns[columns].map((edge) => decodeEdge(edge, data)),
      })),
    }));
    const decoded = { ...job, kind: "job", key: `j${index}`, index, versions, before: new Map(), after: new Map() };
    decoded.runs = job.runs.map((run) => ({
      ...run,
      job: decoded,
      details: run.details.map((detail) => data.details[detail]),
    }));
    const parent = decoded.runs.length > 0 && decoded.runs[0].parentJob ? `${decoded.runs[0].parentJob[1]}.` : "";
    decoded.label = parent !== "" && job.name.startsWith(parent) ? job.name.slice(parent.length) : job.name;
    decoded.latest = latestVersion(decoded);
    return decoded;
  }

  function decodeEdge([output, dataset, input, transformations], data) {
    return { output, dataset, input, transformations: transformations.map((place) => data.transformations[place]) };
  }

  /** That of the last run that completed; without one, the version that was seen last. */
  function latestVersion(job) {
    const completed = job.runs.find((run) => run.status === "COMPLETE" && run.version !== undefined);
    return completed
      ? job.versions[completed.version]
      : job.versions.reduce((latest, version) => (latest && latest.last >= version.last ? latest : version), null);
  }

  function datasetLabel(dataset) {
    if (dataset.aliases.length > 0) {
      return dataset.aliases[0];
    }
    const parts = dataset.name.split("/").filter((part) => part !== "");
    return parts.length === 0 ? dataset.name : parts[parts.length - 1];
  }

  function indexRuns(model, job) {
    for (const run of job.runs) {
      model.runs.set(run.id, run);
      if (run.parent) {
        if (!model.children.has(run.parent)) {
          model.children.set(run.parent, []);
        }
        model.children.get(run.parent).push(run);
      }
    }
  }

  /** An edge is older when only versions before the latest have it. */
  function connect(model, job) {
    for (const version of job.versions) {
      const older = version !== job.latest;
      for (const input of version.inputs) {
        join(model.datasets[input.dataset], job, older);
      }
      for (const output of version.outputs) {
        join(job, model.datasets[output.dataset], older);
        for (const edge of output.columns) {
          join(model.datasets[edge.dataset], job, older);
        }
      }
    }
  }

  function join(from, to, older) {
    const known = from.after.get(to);
    if (known === undefined || (known && !older)) {
      from.after.set(to, older);
      to.before.set(from, older);
    }
  }

  /** `start` and all that it leads to or comes from, up to `steps` jobs away, the nearest first. */
  function around(start, steps, older) {
    const found = new Map([[start, 0]]);
    for (const direction of ["before", "after"]) {
      // Of its own: what a job both reads and writes lies in both directions.
      const seen = new Set([start]);
      let front = [start];
      for (let hop = 1; hop <= 2 * steps && front.length > 0; hop++) {
        const next = [];
        for (const node of front) {
          for (const [neighbour, isOlder] of node[direction]) {
            if ((older || !isOlder) && !seen.has(neighbour)) {
              seen.add(neighbour);
              next.push(neighbour);
              found.set(neighbour, Math.min(hop, found.get(neighbour) ?? hop));
            }
          }
        }
        front = next;
      }
    }
    return [...found.keys()].sort((a, b) => found.get(a) - found.get(b));
  }

  return { decode, around };
})();
