/** The search field and its list: datasets, columns, jobs and runs by a part of their name. */
const Search = (() => {
  const MOST = 40;

  let input;
  let list;
  let hits = [];
  let chosen = -1;

  function create(model) {
    input = Dom.byId("search");
    list = Dom.byId("results");
    input.addEventListener("input", () => show(find(model, input.value)));
    input.addEventListener("focus", () => show(find(model, input.value)));
    input.addEventListener("blur", () => close());
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && hits.length > 0) {
        open(hits[Math.max(0, chosen)]);
      } else if (event.key === "Escape") {
        close();
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        event.preventDefault();
        input.focus();
      }
    });
  }

  /** Names that begin with the text come first, then those that hold it, then columns and runs. */
  function find(model, text) {
    const wanted = text.trim().toLowerCase();
    if (wanted === "") {
      return [];
    }
    const ranked = [];
    for (const node of model.nodes.values()) {
      const names = [node.label, node.name, ...(node.aliases || [])].map((name) => name.toLowerCase());
      if (names.some((name) => name.startsWith(wanted))) {
        ranked.push([0, node]);
      } else if (names.some((name) => name.includes(wanted)) || node.ns.toLowerCase().includes(wanted)) {
        ranked.push([1, node]);
      }
    }
    ranked.sort((a, b) => a[0] - b[0]);
    const found = ranked.slice(0, MOST).map(([, node]) => ({ kind: node.kind, text: node.label, more: `${node.ns} ${node.name}`, go: { node: node.key, column: "", run: "", view: "graph", reveal: node.key } }));
    for (const dataset of model.datasets) {
      for (const [name] of dataset.fields) {
        if (found.length >= MOST) {
          return found;
        }
        if (name.toLowerCase().includes(wanted)) {
          found.push({ kind: "column", text: name, more: dataset.label, go: { node: dataset.key, column: name, run: "", view: "graph" } });
        }
      }
    }
    for (const run of model.runs.values()) {
      if (found.length >= MOST) {
        return found;
      }
      if (run.id.startsWith(wanted)) {
        found.push({ kind: "run", text: run.id, more: run.job.label, go: { run: run.id, node: run.job.key, column: "" } });
      }
    }
    return found;
  }

  function show(found) {
    hits = found;
    chosen = -1;
    const empty = found.length === 0;
    Dom.replace(
      list,
      empty
        ? Dom.html("li", { class: "muted" }, "Nothing has this name.")
        : found.map((hit, place) =>
            Dom.html(
              "li",
              {
                role: "option",
                id: `hit-${place}`,
                "aria-selected": "false",
                pointerdown: (event) => {
                  event.preventDefault();
                  open(hit);
                },
              },
              Dom.html("span", { class: "badge" }, hit.kind),
              ` ${hit.text} `,
              Dom.html("span", { class: "muted" }, hit.more),
            ),
          ),
    );
    const visible = input.value.trim() !== "";
    list.hidden = !visible;
    input.setAttribute("aria-expanded", String(visible));
    input.removeAttribute("aria-activedescendant");
  }

  function choose(place) {
    chosen = Math.min(hits.length - 1, Math.max(0, place));
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
    if (chosen >= 0) {
      input.setAttribute("aria-activedescendant", `hit-${chosen}`);
      list.children[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  function open(hit) {
    close();
    input.blur();
    App.open(hit.go);
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  return { create, find };
})();
