/** All runs, the latest first: children below their parents, or a flat list of those that match. */
const RunsView = (() => {
  const PAGE = 200;

  let host;
  let text = "";
  let status = "";
  let shown = PAGE;
  let forJob = "";
  const open = new Set();

  function create(element) {
    host = element;
  }

  function render(model, state) {
    if (forJob !== state.job) {
      forJob = state.job;
      shown = PAGE;
    }
    const focus = host.contains(document.activeElement) ? document.activeElement.id : "";
    const lines = listed(model, model.nodes.get(state.job));
    Dom.replace(host, bar(model, state), table(lines.slice(0, shown), state), more(lines.length));
    if (focus) {
      const again = Dom.byId(focus);
      again?.focus();
      if (again && again.type === "search") {
        again.setSelectionRange(again.value.length, again.value.length);
      }
    }
  }

  function listed(model, job) {
    const all = job && job.kind === "job" ? job.runs : [...model.runs.values()];
    const latestFirst = [...all].sort((a, b) => b.start - a.start);
    const wanted = text.toLowerCase();
    if (job || wanted !== "" || status !== "") {
      return latestFirst
        .filter((run) => (status === "" || run.status === status) && (run.job.name.toLowerCase().includes(wanted) || run.id.includes(wanted)))
        .map((run) => ({ run, depth: 0, children: 0 }));
    }
    const lines = [];
    const add = (run, depth) => {
      const children = depth < 20 ? model.children.get(run.id) || [] : [];
      lines.push({ run, depth, children: children.length });
      if (open.has(run.id)) {
        [...children].sort((a, b) => a.start - b.start).forEach((child) => add(child, depth + 1));
      }
    };
    latestFirst.filter((run) => !model.runs.has(run.parent) || run.parent === run.id).forEach((run) => add(run, 0));
    return lines;
  }

  function bar(model, state) {
    const job = model.nodes.get(state.job);
    const again = () => App.render();
    return Dom.html(
      "div",
      { class: "bar" },
      job ? [Dom.html("strong", { class: "wrap" }, `Runs of ${job.label}`), Dom.button("All jobs", () => App.go({ job: "" }))] : null,
      Dom.html("label", {}, "Job or run", Dom.html("input", { id: "runs-text", type: "search", value: text, input: (event) => { text = event.target.value; shown = PAGE; again(); } })),
      Dom.html(
        "label",
        {},
        "Status",
        Dom.html(
          "select",
          { id: "runs-status", change: (event) => { status = event.target.value; shown = PAGE; again(); } },
          ["", "RUNNING", "COMPLETE", "FAIL", "ABORT"].map((value) => Dom.html("option", { value, selected: value === status }, value || "all")),
        ),
      ),
    );
  }

  function table(lines, state) {
    if (lines.length === 0) {
      return Dom.html("p", { class: "muted" }, "No run matches.");
    }
    const titles = ["Status", "Job", "Started (UTC)", "Duration", "Rows", "Bytes", "Error"];
    return Dom.html(
      "table",
      {},
      Dom.html("thead", {}, Dom.html("tr", {}, titles.map((title) => Dom.html("th", { scope: "col" }, title)))),
      Dom.html("tbody", {}, lines.map((line) => row(line, state))),
    );
  }

  function row({ run, depth, children }, state) {
    const expanded = open.has(run.id);
    const toggle = () => {
      if (expanded) {
        open.delete(run.id);
      } else {
        open.add(run.id);
      }
      App.render();
    };
    return Dom.html(
      "tr",
      { class: run.id === state.run ? "selected" : "" },
      Dom.html("td", {}, Dom.html("span", { class: `status ${run.status}` }, Format.status(run.status))),
      Dom.html(
        "td",
        {},
        Dom.html("span", { class: "tree" }, "\u00a0".repeat(4 * depth)),
        children > 0
          ? Dom.button(expanded ? "▾" : "▸", toggle, { class: "link toggle", id: `open-${run.id}`, "aria-expanded": String(expanded), "aria-label": `${Format.count(children, "part", "parts")} of ${run.job.label}` })
          : null,
        " ",
        Dom.link(run.job.label, () => App.go({ run: run.id, node: run.job.key, column: "" }), { class: "link run" }),
        children > 0 ? Dom.html("span", { class: "muted" }, `  ${Format.count(children, "part", "parts")}`) : null,
      ),
      Dom.html("td", { class: "time" }, Format.time(run.start)),
      Dom.html("td", { class: "time" }, Format.runDuration(run)),
      Dom.html("td", { class: "time" }, run.rows === undefined ? "" : Format.number(run.rows)),
      Dom.html("td", { class: "time" }, run.bytes === undefined ? "" : Format.bytes(run.bytes)),
      Dom.html("td", { class: "error" }, Panel.firstLine(run.error)),
    );
  }

  function more(total) {
    return total <= shown
      ? Dom.html("p", { class: "muted" }, Format.count(total, "run", "runs"))
      : Dom.button(`Show more (${Format.number(shown)} of ${Format.number(total)})`, () => { shown += PAGE; App.render(); }, { id: "runs-more" });
  }

  return { create, render };
})();
