/** What is selected, in words: a dataset, a column, a job or a run. */
const Panel = (() => {
  const FEW_RUNS = 10;
  const MANY = 200;
  const BARS = 40;

  function render(host, model, state) {
    const run = model.runs.get(state.run);
    const node = model.nodes.get(state.node);
    const content = run
      ? runContent(model, run)
      : !node
        ? overview(model)
        : node.kind === "job"
          ? jobContent(model, node)
          : state.column
            ? columnContent(model, node, state)
            : datasetContent(node);
    Dom.replace(host, content);
    host.scrollTop = 0;
  }

  function overview(model) {
    const runs = [...model.runs.values()];
    const failed = runs.filter((run) => run.status === "FAIL" || run.status === "ABORT").sort((a, b) => b.start - a.start);
    return [
      Dom.html("h2", {}, "Overview"),
      facts([
        ["Events", `${Format.number(model.events)} from ${model.source}`],
        ["Datasets", Format.number(model.datasets.length)],
        ["Jobs", Format.number(model.jobs.length)],
        ["Runs", Format.number(runs.length)],
        ["Page made", `${Format.time(model.generated)} UTC`],
      ]),
      Dom.html("p", { class: "muted" }, "Select a dataset or a job in the graph, or search with the key /. A double click draws what is around a node. All times are UTC."),
      failed.length === 0
        ? null
        : [Dom.html("h3", {}, "Runs that failed last"), list(failed.slice(0, 8).map((one) => [runLink(one, one.job.label), Dom.html("div", { class: "muted" }, firstLine(one.error))]))],
    ];
  }

  function datasetContent(dataset) {
    return [
      head("Dataset", dataset),
      dataset.aliases.length > 0 ? facts([["Also", dataset.aliases.join(", ")]]) : null,
      dataset.text ? Dom.html("p", { class: "wrap" }, dataset.text) : null,
      focusButton(dataset),
      Dom.html("h3", {}, Format.count(dataset.fields.length, "column", "columns")),
      dataset.fields.length === 0
        ? Dom.html("p", { class: "muted" }, "No event tells the columns.")
        : rows(
            ["Column", "Type"],
            dataset.fields.map(([name, type]) => [
              Dom.link(name, () => App.go({ view: "graph", node: dataset.key, column: name, run: "" }), { class: "link column" }),
              Dom.html("span", { class: "wrap" }, type),
            ]),
          ),
      neighbours("Written by", dataset.before),
      neighbours("Read by", dataset.after),
    ];
  }

  function columnContent(model, dataset, state) {
    const { edges } = ColumnView.trace(model, state);
    const type = dataset.fields.find(([name]) => name === state.column);
    const name = (place, column) => `${model.datasets[place].label} · ${column || "all columns"}`;
    return [
      Dom.html("p", { class: "muted" }, "Column"),
      Dom.html("h2", {}, state.column),
      facts([
        ["Dataset", Dom.link(dataset.label, () => App.go({ column: "" }))],
        ["Type", type ? type[1] : ""],
      ]),
      Dom.html("h3", {}, Format.count(edges.length, "edge", "edges")),
      evenRows(
        ["From", "To", "Transformation"],
        edges.slice(0, MANY).map((edge) => [
          edge.fromColumn === ""
            ? name(edge.from, "")
            : Dom.link(name(edge.from, edge.fromColumn), () => App.go({ node: `d${edge.from}`, column: edge.fromColumn })),
          edge.toColumn === ""
            ? name(edge.to, "")
            : Dom.link(name(edge.to, edge.toColumn), () => App.go({ node: `d${edge.to}`, column: edge.toColumn })),
          [
            Format.transformations(edge.transformations),
            Dom.html("div", {}, Dom.link(edge.job.label, () => App.go({ node: edge.job.key, column: "" }))),
            edge.older ? Dom.html("div", { class: "muted" }, "an older version") : null,
          ],
        ]),
      ),
    ];
  }

  function jobContent(model, job) {
    const shape = job.latest;
    const names = (ports) => list(ports.map((port) => nodeLink(model.datasets[port.dataset])));
    return [
      head("Job", job),
      Dom.html("p", {}, [job.type, job.processing, job.integration].filter((text) => text !== "").map((text) => [Dom.html("span", { class: "badge" }, text), " "])),
      job.text ? Dom.html("p", { class: "wrap" }, job.text) : null,
      job.before.size + job.after.size > 0 ? focusButton(job) : null,
      Dom.html("h3", {}, "Runs"),
      job.runs.length === 0 ? Dom.html("p", { class: "muted" }, "No run.") : [bars(job), runTable(job.runs.slice(0, FEW_RUNS))],
      job.runs.length > FEW_RUNS
        ? Dom.button(`All ${Format.number(job.runs.length)} runs`, () => App.go({ view: "runs", job: job.key }))
        : null,
      job.olderRuns > 0 ? Dom.html("p", { class: "muted" }, `${Format.count(job.olderRuns, "older run is", "older runs are")} not listed.`) : null,
      shape && shape.inputs.length > 0 ? [Dom.html("h3", {}, "Reads"), names(shape.inputs)] : null,
      shape && shape.outputs.length > 0 ? [Dom.html("h3", {}, "Writes"), names(shape.outputs)] : null,
      versions(job),
      job.sql ? [Dom.html("h3", {}, "Query"), Dom.html("pre", { tabindex: "0" }, job.sql)] : null,
    ];
  }

  function versions(job) {
    if (job.versions.length === 0) {
      return null;
    }
    return [
      Dom.html("h3", {}, Format.count(job.versions.length, "version", "versions")),
      rows(
        ["", "First run", "Last run", "Runs"],
        [...job.versions].reverse().map((version) => [
          `v${version.number}`,
          time(version.first),
          time(version.last),
          number(Format.number(version.runs)),
        ]),
      ),
      job.versions.length > 1
        ? Dom.button("Compare versions", () => App.go({ view: "compare", job: job.key, from: "", to: "" }), { id: "job-compare" })
        : null,
    ];
  }

  function runContent(model, run) {
    const parent = model.runs.get(run.parent);
    const children = model.children.get(run.id) || [];
    return [
      Dom.html("p", { class: "muted" }, "Run"),
      Dom.html("h2", {}, run.job.label),
      Dom.html("p", {}, status(run)),
      facts([
        ["Run", run.id],
        ["Job", nodeLink(run.job)],
        ["Started", Format.time(run.start)],
        ["Ended", run.end === undefined ? "" : Format.time(run.end)],
        ["Duration", Format.runDuration(run)],
        ["Version", run.version === undefined ? "" : `v${run.job.versions[run.version].number}`],
        ["Rows written", run.rows === undefined ? "" : Format.number(run.rows)],
        ["Bytes written", run.bytes === undefined ? "" : Format.bytes(run.bytes)],
        ["Part of", parent ? runLink(parent, parent.job.label) : run.parentJob ? `${run.parentJob[1]} (${run.parent})` : ""],
      ]),
      run.error
        ? [
            Dom.html("h3", {}, "Error"),
            Dom.html("pre", { class: "error", tabindex: "0" }, run.error),
            run.stack ? Dom.html("details", {}, Dom.html("summary", {}, "Stack trace"), Dom.html("pre", { tabindex: "0" }, run.stack)) : null,
          ]
        : null,
      children.length > 0
        ? [
            Dom.html("h3", {}, Format.count(children.length, "part", "parts")),
            list([...children].sort((a, b) => a.start - b.start).slice(0, MANY).map((child) => [runLink(child, child.job.label), " ", Dom.html("span", { class: "muted" }, Format.runDuration(child))])),
          ]
        : null,
      run.details.length > 0 ? [Dom.html("h3", {}, "Details"), facts(run.details)] : null,
    ];
  }

  /** The durations of the last runs, the latest at the right; the table below says the same. */
  function bars(job) {
    const shown = job.runs.slice(0, BARS).reverse();
    const length = (run) => (run.end === undefined ? run.last : run.end) - run.start;
    const longest = Math.max(1, ...shown.map(length));
    return Dom.svg(
      "svg",
      { class: "bars", viewBox: `0 0 ${BARS * 10} 56`, preserveAspectRatio: "none", "aria-hidden": "true" },
      shown.map((run, place) => {
        const height = Math.max(3, (length(run) / longest) * 54);
        return Dom.svg(
          "rect",
          { class: run.status, x: place * 10 + 1, y: 56 - height, width: 8, height, click: () => App.go({ run: run.id }) },
          Dom.svg("title", {}, `${Format.time(run.start)} ${run.status} ${Format.runDuration(run)}`),
        );
      }),
    );
  }

  function runTable(runs) {
    return rows(
      ["Run", "Started", "Duration"],
      runs.map((run) => [[runLink(run, ""), run.error ? Dom.html("div", { class: "error" }, firstLine(run.error)) : null], time(run.start), number(Format.runDuration(run))]),
    );
  }

  function runLink(run, name) {
    return Dom.link([Dom.html("span", { class: `status ${run.status}` }, Format.status(run.status)), name ? ` ${name}` : ""], () => App.go({ run: run.id }));
  }

  function status(run) {
    return Dom.html("span", { class: `status ${run.status}` }, Format.status(run.status));
  }

  function firstLine(text) {
    return (text || "").split("\n")[0].slice(0, 200);
  }

  function head(kind, node) {
    return [
      Dom.html("p", { class: "muted" }, kind),
      Dom.html("h2", {}, node.label),
      facts([
        ["Name", node.name],
        ["Namespace", node.ns],
      ]),
    ];
  }

  function focusButton(node) {
    return Dom.button("Draw what is around it", () => App.go({ view: "graph", focus: node.key, column: "", run: "" }));
  }

  function neighbours(title, nodes) {
    return nodes.size === 0
      ? null
      : [
          Dom.html("h3", {}, title),
          list([...nodes].slice(0, MANY).map(([node, older]) => [nodeLink(node), older ? Dom.html("span", { class: "muted" }, " (older versions)") : null])),
        ];
  }

  function nodeLink(node) {
    return Dom.link(node.label, () => App.go({ node: node.key, column: "", run: "" }), { title: `${node.ns} ${node.name}` });
  }

  function list(items) {
    return Dom.html("ul", { class: "plain" }, items.map((item) => Dom.html("li", {}, item)));
  }

  function facts(pairs) {
    return Dom.html(
      "dl",
      {},
      pairs.filter(([, value]) => value !== "").map(([name, value]) => [Dom.html("dt", {}, name), Dom.html("dd", {}, value)]),
    );
  }

  function time(millis) {
    return Dom.html("span", { class: "time" }, Format.time(millis));
  }

  function number(text) {
    return Dom.html("span", { class: "number" }, text);
  }

  function evenRows(titles, lines) {
    const table = rows(titles, lines);
    table.classList.add("even");
    return table;
  }

  function rows(titles, lines) {
    return Dom.html(
      "table",
      {},
      Dom.html("thead", {}, Dom.html("tr", {}, titles.map((title) => Dom.html("th", { scope: "col" }, title)))),
      Dom.html("tbody", {}, lines.map((cells) => Dom.html("tr", {}, cells.map((cell) => Dom.html("td", {}, cell))))),
    );
  }

  return { render, firstLine };
})();
