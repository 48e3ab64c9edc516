/** Two versions of a job side by side: datasets, columns and transformations that changed. */
const CompareView = (() => {
  const MANY = 1000;
  const SIGNS = { added: "+ added", removed: "− removed", changed: "~ changed" };

  let host;

  function create(element) {
    host = element;
  }

  function render(model, state) {
    const focus = host.contains(document.activeElement) ? document.activeElement.id : "";
    const jobs = model.jobs.filter((job) => job.versions.length > 1);
    if (jobs.length === 0) {
      Dom.replace(host, Dom.html("p", { class: "muted" }, "No job has two versions: every run of a job read and wrote the same datasets, columns and column lineage."));
      return;
    }
    const job = jobs.includes(model.nodes.get(state.job)) ? model.nodes.get(state.job) : jobs[0];
    const number = (value, otherwise) => job.versions.find((version) => String(version.number) === value) || otherwise;
    const to = number(state.to, job.versions[job.versions.length - 1]);
    const from = number(state.from, job.versions[Math.max(0, job.versions.indexOf(to) - 1)]);
    Dom.replace(host, bar(jobs, job, from, to), result(model, from, to));
    if (focus) {
      Dom.byId(focus)?.focus();
    }
  }

  function bar(jobs, job, from, to) {
    return Dom.html(
      "div",
      { class: "bar" },
      choice("Job", "compare-job", jobs.map((one) => [one.key, `${one.name} (${one.versions.length})`]), job.key, (value) => App.go({ job: value, from: "", to: "" })),
      choice("From", "compare-from", versionNames(job), String(from.number), (value) => App.go({ job: job.key, from: value, to: String(to.number) })),
      choice("To", "compare-to", versionNames(job), String(to.number), (value) => App.go({ job: job.key, from: String(from.number), to: value })),
      Dom.button("Open the job", () => App.go({ view: "graph", node: job.key, column: "", run: "" })),
    );
  }

  function versionNames(job) {
    return job.versions.map((version) => [String(version.number), `v${version.number}, ${Format.time(version.first)}, ${Format.count(version.runs, "run", "runs")}`]);
  }

  function choice(label, id, options, value, changed) {
    return Dom.html(
      "label",
      {},
      label,
      Dom.html(
        "select",
        { id, change: (event) => changed(event.target.value) },
        options.map(([key, text]) => Dom.html("option", { value: key, selected: key === value }, text)),
      ),
    );
  }

  function result(model, from, to) {
    const { datasets, fields, columns } = Compare.versions(from, to);
    const name = (place) => Dom.link(model.datasets[place].label, () => App.go({ node: `d${place}`, column: "", run: "" }), { title: `${model.datasets[place].ns} ${model.datasets[place].name}` });
    if (datasets.length + fields.length + columns.length === 0) {
      return Dom.html("p", { id: "compare-same" }, from === to ? "This is the same version." : "These versions have the same datasets, columns and column lineage; they differ in the order of columns or in column lineage that is left out here.");
    }
    const end = (place, column) => [name(place), ` · ${column || "all columns"}`];
    return [
      section("Datasets", "compare-datasets", ["Change", "", "Dataset"], datasets.map((one) => [one.change, one.side, name(one.dataset)])),
      section("Schema", "compare-fields", ["Change", "", "Dataset", "Column", "Type before", "Type after"], fields.map((one) => [one.change, one.side, name(one.dataset), one.field, one.before, one.after])),
      section(
        "Column lineage",
        "compare-columns",
        ["Change", "Output column", "comes from", "Transformation before", "Transformation after"],
        columns.map((one) => [
          one.change,
          end(one.to, one.toColumn),
          end(one.from, one.fromColumn),
          one.change === "added" ? "" : Format.transformations(one.before),
          one.change === "removed" ? "" : Format.transformations(one.after),
        ]),
      ),
    ];
  }

  function section(title, id, titles, lines) {
    return [
      Dom.html("h3", {}, `${title}: ${lines.length === 0 ? "no change" : Format.count(lines.length, "change", "changes")}`),
      lines.length === 0
        ? null
        : Dom.html(
            "table",
            { id },
            Dom.html("thead", {}, Dom.html("tr", {}, titles.map((text) => Dom.html("th", { scope: "col" }, text)))),
            Dom.html("tbody", {}, lines.slice(0, MANY).map(([change, ...cells]) => Dom.html("tr", { class: change }, Dom.html("td", { class: "time" }, SIGNS[change]), cells.map((cell) => Dom.html("td", { class: "wrap" }, cell))))),
          ),
      lines.length > MANY ? Dom.html("p", { class: "muted" }, `The first ${Format.number(MANY)} are shown.`) : null,
    ];
  }

  return { create, render };
})();
