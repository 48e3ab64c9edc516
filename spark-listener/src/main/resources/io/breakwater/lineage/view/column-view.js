/** One column, where it comes from and what becomes of it: a card per dataset, a row per column. */
const ColumnView = (() => {
  const MOST_EDGES = 400;
  const MOST_LABELS = 80;
  const WIDTH = 240;
  const HEAD = 40;
  const ROW = 22;

  let canvas;
  let bar;
  let drawn = "";

  function create(host) {
    bar = Dom.html("div", { class: "bar" });
    host.append(bar);
    canvas = Canvas.create(host, "Column lineage. Arrow keys move between columns, Enter follows one.");
    host.append(
      Dom.html(
        "p",
        { class: "legend" },
        Dom.html("span", {}, sampleLine("edge direct"), "direct: the value"),
        Dom.html("span", {}, sampleLine("edge indirect"), "indirect: which rows (filter, join, group, sort)"),
        Dom.html("span", {}, "An edge to the head of a card concerns all its columns."),
      ),
    );
  }

  function sampleLine(kind) {
    return Dom.svg("svg", { "aria-hidden": "true" }, Dom.svg("path", { class: kind, d: "M0 6H30" }));
  }

  function trace(model, state) {
    const dataset = model.nodes.get(state.node);
    return Trace.of(model, dataset.index, state.column, state.indirect, MOST_EDGES);
  }

  function render(model, state) {
    const { edges, complete } = trace(model, state);
    const dataset = model.nodes.get(state.node);
    Dom.replace(
      bar,
      Dom.button("← Graph", () => App.go({ column: "" }), { id: "column-back" }),
      Dom.html("strong", { class: "wrap" }, `${dataset.label} · ${state.column}`),
      Dom.html(
        "label",
        {},
        Dom.html("input", {
          type: "checkbox",
          id: "column-indirect",
          checked: state.indirect,
          change: (event) => App.go({ indirect: event.target.checked }),
        }),
        "Indirect edges",
      ),
      complete ? null : Dom.html("span", { class: "muted" }, `The first ${MOST_EDGES} edges; there are more.`),
      Dom.html("span", { class: "grow" }),
      canvas.buttons(),
    );
    const key = JSON.stringify([state.node, state.column, state.indirect]);
    if (key !== drawn) {
      drawn = key;
      draw(model, state, edges);
    }
  }

  /** Says that the canvas was hidden meanwhile and must be drawn anew. */
  function reset() {
    drawn = "";
  }

  function draw(model, state, edges) {
    const start = model.nodes.get(state.node).index;
    const cards = new Map();
    const card = (dataset) => {
      if (!cards.has(dataset)) {
        cards.set(dataset, { key: String(dataset), dataset: model.datasets[dataset], columns: [], width: WIDTH });
      }
      return cards.get(dataset);
    };
    const row = (dataset, column) => {
      const { columns } = card(dataset);
      if (column !== "" && !columns.includes(column)) {
        columns.push(column);
      }
    };
    row(start, state.column);
    for (const edge of edges) {
      row(edge.from, edge.fromColumn);
      row(edge.to, edge.toColumn);
    }
    for (const one of cards.values()) {
      const order = new Map(one.dataset.fields.map(([name], place) => [name, place]));
      one.columns.sort((a, b) => (order.get(a) ?? Infinity) - (order.get(b) ?? Infinity));
      one.height = HEAD + ROW * one.columns.length;
    }
    const pairs = new Map();
    for (const edge of edges) {
      if (edge.from !== edge.to) {
        pairs.set(`${edge.from}>${edge.to}`, { from: String(edge.from), to: String(edge.to), width: 90, height: 16, labelpos: "c" });
      }
    }
    Canvas.layout([...cards.values()], [...pairs.values()]);
    const nodes = [];
    const drawnCards = [...cards.values()].map((one) => cardElement(one, state, start, nodes));
    const drawnEdges = edges.map((edge) => edgeElement(edge, cards, edges.length <= MOST_LABELS));
    const all = [...cards.values()];
    canvas.draw(
      [drawnCards, drawnEdges],
      nodes,
      Math.max(...all.map((one) => one.x + WIDTH / 2)),
      Math.max(...all.map((one) => one.y + one.height / 2)),
      rowKey(start, state.column),
    );
    canvas.say(edges.length === 0 ? "No event tells where this column comes from or goes to." : "");
    canvas.show(rowKey(start, state.column));
  }

  function rowKey(dataset, column) {
    return `${dataset}:${column}`;
  }

  function cardElement(card, state, start, nodes) {
    const left = card.x - WIDTH / 2;
    const top = card.y - card.height / 2;
    const rows = card.columns.map((column, place) => {
      const y = top + HEAD + place * ROW;
      const chosen = card.dataset.index === start && column === state.column;
      const open = () => App.go({ node: card.dataset.key, column });
      const element = Dom.svg(
        "g",
        {
          class: "node column",
          role: "button",
          "aria-label": `column ${column} of ${card.dataset.label}`,
          click: open,
          keydown: (event) => {
            if (event.key === "Enter" || event.key === " ") {
              event.preventDefault();
              open();
            }
          },
        },
        Dom.svg("title", {}, column),
        Dom.svg("rect", { class: chosen ? "box row chosen" : "box row", x: left, y, width: WIDTH, height: ROW }),
        Dom.svg("text", { x: left + 10, y: y + 15 }, Dom.fit(column, WIDTH - 20)),
      );
      nodes.push({ key: rowKey(card.dataset.index, column), x: card.x, y: y + ROW / 2, element });
      return element;
    });
    return Dom.svg(
      "g",
      { class: "node dataset" },
      Dom.svg("title", {}, `${card.dataset.ns} ${card.dataset.name}`),
      Dom.svg("rect", { class: "box", x: left, y: top, width: WIDTH, height: card.height, rx: 4 }),
      Dom.svg("text", { x: left + 10, y: top + 17 }, Dom.fit(card.dataset.label, WIDTH - 20)),
      Dom.svg("text", { class: "sub", x: left + 10, y: top + 32 }, Dom.fit(card.dataset.ns, WIDTH - 20, 11)),
      rows,
    );
  }

  function end(card, column, right) {
    const place = card.columns.indexOf(column);
    return {
      x: card.x + (right ? WIDTH / 2 : -WIDTH / 2),
      y: card.y - card.height / 2 + (place < 0 ? HEAD / 2 : HEAD + (place + 0.5) * ROW),
    };
  }

  function edgeElement(edge, cards, labelled) {
    const from = end(cards.get(edge.from), edge.fromColumn, true);
    const same = edge.from === edge.to;
    const to = end(cards.get(edge.to), edge.toColumn, same);
    const bend = same ? 50 : Math.max(40, Math.abs(to.x - from.x) / 2);
    const kind = edge.direct ? "direct" : "indirect";
    const said = Format.transformations(edge.transformations);
    const names = [...new Set(edge.transformations.map(([type, subtype]) => subtype || type))].join(", ");
    return Dom.svg(
      "g",
      { class: "column-edge" },
      Dom.svg("title", {}, `${said}\n${edge.job.name}${edge.older ? " (an older version)" : ""}`),
      Dom.svg("path", {
        class: `edge ${kind}${edge.older ? " older" : ""}`,
        d: `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x + (same ? bend : -bend)} ${to.y} ${to.x} ${to.y}`,
        "marker-end": canvas.arrow(kind),
      }),
      labelled && names
        ? Dom.svg("text", { class: "edge-label", "text-anchor": "middle", x: (from.x + to.x) / 2 + (same ? 40 : 0), y: (from.y + to.y) / 2 - 3 }, Dom.fit(names, 110, 11))
        : null,
    );
  }

  return { create, render, reset, trace };
})();
