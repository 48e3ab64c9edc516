/** What is shown is the state, and the state is the part of the address behind #. */
const App = (() => {
  const START = {
    view: "graph",
    node: "",
    column: "",
    run: "",
    focus: "",
    steps: 2,
    older: true,
    indirect: true,
    job: "",
    from: "",
    to: "",
  };
  const VIEWS = { graph: GraphView, runs: RunsView, compare: CompareView };

  let model;
  let state = { ...START };

  function parse(hash) {
    const parsed = { ...START };
    for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
      if (name === "steps") {
        parsed.steps = Math.min(10, Math.max(1, Number.parseInt(value, 10) || START.steps));
      } else if (name === "older" || name === "indirect") {
        parsed[name] = value === "true";
      } else if (Object.hasOwn(START, name)) {
        parsed[name] = value;
      }
    }
    if (!Object.hasOwn(VIEWS, parsed.view)) {
      parsed.view = START.view;
    }
    return parsed;
  }

  function address(of) {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(of)) {
      if (value !== START[name]) {
        parameters.set(name, String(value));
      }
    }
    return `#${parameters}`;
  }

  /** Changes a part of the state; the browser's Back takes it back. */
  function go(change) {
    const next = address({ ...state, ...change });
    if (next !== address(state)) {
      window.location.hash = next;
    }
  }

  /** Goes to something that was searched: a node that is not drawn is drawn with what is around it. */
  function open({ reveal, ...change }) {
    const node = model.nodes.get(reveal);
    const drawn = document.querySelector(`#view-graph [data-key="${CSS.escape(reveal || "")}"]`);
    go(node && !drawn && node.before.size + node.after.size > 0 ? { ...change, focus: reveal } : change);
  }

  function render() {
    const dataset = model.nodes.get(state.node);
    const column = state.column !== "" && dataset !== undefined && dataset.kind === "dataset";
    for (const view of Object.keys(VIEWS)) {
      const active = state.view === view;
      Dom.byId(`view-${view}`).hidden = !active;
      const tab = Dom.byId(`tab-${view}`);
      tab.setAttribute("aria-selected", String(active));
      tab.setAttribute("tabindex", active ? "0" : "-1");
    }
    Dom.byId("graph-whole-view").hidden = column;
    Dom.byId("graph-column-view").hidden = !column;
    if (state.view === "graph" && column) {
      ColumnView.render(model, state);
    } else {
      ColumnView.reset();
      VIEWS[state.view].render(model, state);
    }
    Panel.render(Dom.byId("panel"), model, state);
  }

  function tabs() {
    const all = [...document.querySelectorAll("[role=tab]")];
    all.forEach((tab, place) => {
      tab.addEventListener("click", () => go({ view: tab.dataset.view }));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) {
          const next = all[(place + step + all.length) % all.length];
          next.focus();
          go({ view: next.dataset.view });
        }
      });
    });
  }

  function start() {
    model = Model.decode(JSON.parse(Dom.byId("model").textContent));
    App.model = model;
    const whole = Dom.html("div", { id: "graph-whole-view", class: "stack" });
    const column = Dom.html("div", { id: "graph-column-view", class: "stack" });
    Dom.byId("view-graph").append(whole, column);
    GraphView.create(whole);
    ColumnView.create(column);
    RunsView.create(Dom.byId("view-runs"));
    CompareView.create(Dom.byId("view-compare"));
    Search.create(model);
    tabs();
    Dom.byId("summary").textContent = [
      Format.count(model.datasets.length, "dataset", "datasets"),
      Format.count(model.jobs.length, "job", "jobs"),
      Format.count(model.runs.size, "run", "runs"),
    ].join(", ");
    if (model.notices.length > 0) {
      Dom.byId("notices").append(Dom.html("ul", {}, model.notices.map((notice) => Dom.html("li", {}, notice))));
    }
    window.addEventListener("hashchange", () => {
      state = parse(window.location.hash);
      render();
    });
    state = parse(window.location.hash);
    render();
    document.documentElement.dataset.ready = "true";
  }

  return { start, go, open, render };
})();

App.start();
