/** An SVG that can be moved and zoomed, and a drawing on it that dagre has laid out. */
const Canvas = (() => {
  const LEAST_SCALE = 0.05;
  const MOST_SCALE = 2.5;
  const READABLE_SCALE = 0.4;
  const MARGIN = 24;
  let canvases = 0;

  /** Places `nodes` ({key, width, height}) and `edges` ({from, to}); adds x, y and points to them. */
  function layout(nodes, edges) {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    // The better ranking takes seconds beyond this.
    graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 70, ranker: nodes.length > 250 ? "longest-path" : "network-simplex" });
    for (const node of nodes) {
      graph.setNode(node.key, node);
    }
    edges.forEach((edge, index) => graph.setEdge(edge.from, edge.to, edge, `e${index}`));
    dagre.layout(graph);
  }

  /** A line from the right side of a box to the left side of the next, past the boxes between. */
  function line(from, to, points) {
    const forward = from.x + from.width / 2 < to.x - to.width / 2;
    const inner = points.length > 3 ? points.slice(1, -1) : [];
    const stops = forward
      ? [{ x: from.x + from.width / 2, y: from.y }, ...inner, { x: to.x - to.width / 2, y: to.y }]
      : points;
    let path = `M${stops[0].x} ${stops[0].y}`;
    for (let i = 1; i < stops.length; i++) {
      const middle = (stops[i - 1].x + stops[i].x) / 2;
      path += `C${middle} ${stops[i - 1].y} ${middle} ${stops[i].y} ${stops[i].x} ${stops[i].y}`;
    }
    return path;
  }

  /** Heads of lines. One that is in a hidden SVG is not drawn, so each canvas has its own. */
  function arrows(prefix) {
    return Dom.svg(
      "defs",
      {},
      ["plain", "direct", "indirect"].map((kind) =>
        Dom.svg(
          "marker",
          { id: `${prefix}-${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
          Dom.svg("path", { d: "M0 0L8 4L0 8z", class: `arrow ${kind}` }),
        ),
      ),
    );
  }

  /** A canvas below `host`, named `label` for who cannot see it. */
  function create(host, label) {
    const viewport = Dom.svg("g", {});
    const prefix = `arrow-${++canvases}`;
    const svg = Dom.svg("svg", { role: "group", "aria-label": label }, arrows(prefix), viewport);
    const empty = Dom.html("p", { class: "empty", hidden: true });
    host.append(Dom.html("div", { class: "canvas" }, svg, empty));
    let view = { x: 0, y: 0, scale: 1 };
    let size = { width: 1, height: 1 };
    let places = new Map();
    /** What is in the middle until somebody moves the drawing. */
    let shown = null;

    function apply() {
      viewport.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
    }

    function zoom(factor, x = svg.clientWidth / 2, y = svg.clientHeight / 2) {
      const scale = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, view.scale * factor));
      shown = null;
      view = { x: x - ((x - view.x) * scale) / view.scale, y: y - ((y - view.y) * scale) / view.scale, scale };
      apply();
    }

    function fit() {
      const scale = Math.min(
        1,
        (svg.clientWidth - 2 * MARGIN) / size.width,
        (svg.clientHeight - 2 * MARGIN) / size.height,
      );
      view.scale = Math.max(LEAST_SCALE, scale);
      view.x = (svg.clientWidth - size.width * view.scale) / 2;
      view.y = (svg.clientHeight - size.height * view.scale) / 2;
      apply();
    }

    function centre(key) {
      const place = places.get(key);
      if (place) {
        view.x = svg.clientWidth / 2 - place.x * view.scale;
        view.y = svg.clientHeight / 2 - place.y * view.scale;
        apply();
      }
    }

    /** All of it if that can be read, or else what is around `key`, or the beginning. */
    function show(key) {
      shown = { key };
      fit();
      if (view.scale < READABLE_SCALE) {
        view.scale = READABLE_SCALE;
        view.x = MARGIN;
        view.y = (svg.clientHeight - size.height * view.scale) / 2;
        apply();
        centre(key);
      }
    }

    /** Moves the keyboard's focus to the nearest node in a direction. */
    function step(from, dx, dy) {
      const start = places.get(from);
      let best = null;
      let bestCost = Infinity;
      for (const [key, place] of places) {
        const along = (place.x - start.x) * dx + (place.y - start.y) * dy;
        const across = Math.abs((place.x - start.x) * dy) + Math.abs((place.y - start.y) * dx);
        const cost = along + 2 * across;
        if (key !== from && along > 1 && cost < bestCost) {
          best = key;
          bestCost = cost;
        }
      }
      if (best !== null) {
        focus(best);
      }
    }

    function focus(key) {
      for (const [other, place] of places) {
        place.element.setAttribute("tabindex", other === key ? "0" : "-1");
      }
      places.get(key).element.focus({ preventScroll: true });
      keepInSight(key);
    }

    function keepInSight(key) {
      const place = places.get(key);
      const x = place.x * view.scale + view.x;
      const y = place.y * view.scale + view.y;
      if (x < 0 || y < 0 || x > svg.clientWidth || y > svg.clientHeight) {
        shown = null;
        centre(key);
      }
    }

    /**
     * Draws groups that were laid out. `nodes` are {key, x, y, element}; elements take the focus one
     * after the other with the arrow keys.
     */
    function draw(parts, nodes, width, height, tabStop) {
      Dom.replace(viewport, parts);
      size = { width: Math.max(width, 1), height: Math.max(height, 1) };
      places = new Map(nodes.map((node) => [node.key, node]));
      const first = places.has(tabStop) ? tabStop : nodes.length > 0 ? nodes[0].key : null;
      for (const node of nodes) {
        node.element.setAttribute("tabindex", node.key === first ? "0" : "-1");
        node.element.dataset.key = node.key;
      }
    }

    function say(text) {
      empty.hidden = text === "";
      empty.textContent = text;
    }

    // A page in a frame may be drawn before the frame has its size.
    new ResizeObserver(() => {
      if (shown !== null && svg.clientWidth > 0) {
        show(shown.key);
      }
    }).observe(svg);
    svg.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const box = svg.getBoundingClientRect();
        zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - box.left, event.clientY - box.top);
      },
      { passive: false },
    );
    let drag = null;
    svg.addEventListener("pointerdown", (event) => {
      drag = { x: event.clientX - view.x, y: event.clientY - view.y, id: event.pointerId, moved: false };
    });
    svg.addEventListener("pointermove", (event) => {
      if (drag && event.buttons === 1) {
        const moved = Math.hypot(event.clientX - drag.x - view.x, event.clientY - drag.y - view.y);
        if (!drag.moved && moved > 4) {
          drag.moved = true;
          shown = null;
          svg.setPointerCapture(drag.id);
        }
        if (drag.moved) {
          view.x = event.clientX - drag.x;
          view.y = event.clientY - drag.y;
          apply();
        }
      }
    });
    svg.addEventListener("pointerup", () => {
      drag = null;
    });
    svg.addEventListener("keydown", (event) => {
      const node = event.target.closest("[data-key]");
      const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (node && arrows[event.key]) {
        event.preventDefault();
        step(node.dataset.key, ...arrows[event.key]);
      } else if (event.key === "+" || event.key === "-") {
        zoom(event.key === "+" ? 1.25 : 0.8);
      } else if (event.key === "0") {
        fit();
      }
    });

    function buttons() {
      return [
        Dom.button("−", () => zoom(0.8), { "aria-label": "Zoom out" }),
        Dom.button("+", () => zoom(1.25), { "aria-label": "Zoom in" }),
        Dom.button("Fit", () => fit(), { "aria-label": "Fit the drawing to the window" }),
      ];
    }

    /** The value of `marker-end` of a line on this canvas. */
    function arrow(kind) {
      return `url(#${prefix}-${kind})`;
    }

    return { draw, show, fit, centre, keepInSight, say, buttons, arrow, viewport };
  }

  return { create, layout, line };
})();
