/** Datasets and jobs: everything if that can be drawn, or else what is around one of them. */
const GraphView = (() => {
  const MOST_NODES = 250;
  const WIDTH = 230;
  const HEIGHT = 46;

  let canvas;
  let bar;
  let message;
  let drawn = "";
  let elements = new Map();
  let lines = [];

  function create(host) {
    bar = Dom.html("div", { class: "bar" });
    message = Dom.html("p", { class: "bar muted", role: "status", hidden: true });
    host.append(bar, message);
    canvas = Canvas.create(host, "Lineage graph. Arrow keys move between nodes, Enter opens one.");
    host.append(
      Dom.html(
        "p",
        { class: "legend" },
        Dom.html("span", {}, sample("dataset", 2), "dataset"),
        Dom.html("span", {}, sample("job", 6), "job"),
        Dom.html("span", {}, sampleLine("edge"), "reads or writes"),
        Dom.html("span", {}, sampleLine("edge older"), "only in older versions of the job"),
      ),
    );
  }

  function sample(kind, radius) {
    return Dom.svg(
      "svg",
      { "aria-hidden": "true", class: `node ${kind}` },
      Dom.svg("rect", { class: "box", x: 1, y: 1, width: 28, height: 10, rx: radius }),
    );
  }

  function sampleLine(kind) {
    return Dom.svg("svg", { "aria-hidden": "true" }, Dom.svg("path", { class: kind, d: "M0 6H30" }));
  }

  function choose(model, state) {
    const connected = [...model.nodes.values()].filter((node) => node.before.size + node.after.size > 0);
    if (!state.focus && connected.length <= MOST_NODES) {
      return { nodes: connected, text: "" };
    }
    const start = model.nodes.get(state.focus) || liveliest(model, connected);
    if (!start) {
      return { nodes: [], text: "" };
    }
    const around = Model.around(start, state.steps, state.older);
    const what = `${Format.number(Math.min(around.length, MOST_NODES))} of ${Format.number(connected.length)} nodes: around ${start.label}, ${Format.count(state.steps, "step", "steps")} back and forth.`;
    const cut =
      around.length > MOST_NODES
        ? ` ${Format.number(around.length - MOST_NODES)} more are within these steps and not drawn; take fewer steps, or open a node that is nearer to what you look for.`
        : "";
    return { nodes: around.slice(0, MOST_NODES), start, text: what + cut };
  }

  /** The job that ran last, where nothing else says where to begin. */
  function liveliest(model, connected) {
    let best = null;
    for (const node of connected) {
      if (node.kind === "job" && node.latest && (!best || node.latest.last > best.latest.last)) {
        best = node;
      }
    }
    return best || connected[0];
  }

  function render(model, state) {
    const { nodes, start, text } = choose(model, state);
    renderBar(model, state, start);
    message.hidden = text === "";
    message.textContent = text;
    const key = JSON.stringify([state.focus, start ? start.key : "", state.steps, state.older]);
    if (key !== drawn) {
      drawn = key;
      draw(nodes, state, start);
    }
    mark(state);
  }

  function renderBar(model, state, start) {
    const focus = document.activeElement && bar.contains(document.activeElement) ? document.activeElement.id : "";
    Dom.replace(
      bar,
      start
        ? [
            Dom.html("label", {}, "Steps", stepsChoice(state)),
            state.focus ? Dom.button("Whole graph", () => App.go({ focus: "" }), { id: "graph-whole" }) : null,
          ]
        : null,
      Dom.html(
        "label",
        {},
        Dom.html("input", {
          type: "checkbox",
          id: "graph-older",
          checked: state.older,
          change: (event) => App.go({ older: event.target.checked }),
        }),
        "Edges of older versions",
      ),
      Dom.html("span", { class: "grow" }),
      canvas.buttons(),
    );
    if (focus) {
      Dom.byId(focus)?.focus();
    }
  }

  function stepsChoice(state) {
    return Dom.html(
      "select",
      { id: "graph-steps", change: (event) => App.go({ steps: Number(event.target.value) }) },
      [1, 2, 3, 5, 10].map((steps) => Dom.html("option", { value: steps, selected: steps === state.steps }, String(steps))),
    );
  }

  function draw(nodes, state, start) {
    const chosen = new Set(nodes);
    const boxes = nodes.map((node) => ({ key: node.key, node, width: WIDTH, height: HEIGHT }));
    const edges = [];
    for (const node of nodes) {
      for (const [next, older] of node.after) {
        if (chosen.has(next) && (state.older || !older)) {
          edges.push({ from: node.key, to: next.key, older });
        }
      }
    }
    Canvas.layout(boxes, edges);
    const places = new Map(boxes.map((box) => [box.key, box]));
    elements = new Map();
    lines = edges.map((edge) => ({
      ...edge,
      element: Dom.svg("path", {
        class: edge.older ? "edge older" : "edge",
        d: Canvas.line(places.get(edge.from), places.get(edge.to), edge.points),
        "marker-end": canvas.arrow("plain"),
      }),
    }));
    for (const box of boxes) {
      box.element = nodeElement(box);
      elements.set(box.key, box.element);
    }
    const width = Math.max(0, ...boxes.map((box) => box.x + WIDTH / 2));
    const height = Math.max(0, ...boxes.map((box) => box.y + HEIGHT / 2));
    canvas.draw([lines.map((line) => line.element), boxes.map((box) => box.element)], boxes, width, height, state.node);
    canvas.say(nodes.length === 0 ? "No event names a dataset. The runs are in the tab Runs." : "");
    canvas.show(start ? start.key : state.node);
  }

  function nodeElement({ node, x, y, key }) {
    const job = node.kind === "job";
    const run = job ? node.runs[0] : null;
    const sub = job
      ? run
        ? `${Format.status(run.status)}  ${Format.runDuration(run)}`
        : "no run"
      : Dom.fit(node.fields.length > 0 ? `${Format.count(node.fields.length, "column", "columns")} · ${node.ns}` : node.ns, WIDTH - 20, 11);
    const select = () => App.go({ node: key, column: "", run: "" });
    return Dom.svg(
      "g",
      {
        class: `node ${node.kind}`,
        role: "button",
        "aria-label": `${node.kind} ${node.label}${run ? `, last run ${run.status}` : ""}`,
        click: select,
        dblclick: () => App.go({ focus: key }),
        keydown: (event) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            select();
          }
        },
      },
      Dom.svg("title", {}, `${node.ns} ${node.name}`),
      Dom.svg("rect", { class: "box", x: x - WIDTH / 2, y: y - HEIGHT / 2, width: WIDTH, height: HEIGHT, rx: job ? HEIGHT / 2 : 4 }),
      Dom.svg("text", { x: x - WIDTH / 2 + (job ? 18 : 10), y: y - 4 }, Dom.fit(node.label, WIDTH - (job ? 34 : 20))),
      Dom.svg("text", { class: run ? `sub ${run.status}` : "sub", x: x - WIDTH / 2 + (job ? 18 : 10), y: y + 14 }, sub),
    );
  }

  /** Fades what the selected node neither comes from nor leads to. */
  function mark(state) {
    const selected = App.model.nodes.get(state.node);
    const near = selected && elements.has(state.node) ? new Set(Model.around(selected, 1000, state.older).map((node) => node.key)) : null;
    for (const [key, element] of elements) {
      element.classList.toggle("selected", key === state.node);
      element.classList.toggle("faded", near !== null && !near.has(key));
    }
    for (const line of lines) {
      line.element.classList.toggle("faded", near !== null && !(near.has(line.from) && near.has(line.to)));
    }
    if (near !== null) {
      canvas.keepInSight(state.node);
    }
  }

  return { create, render };
})();
