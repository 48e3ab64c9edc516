/** Elements are built by hand: no text of an event is ever parsed as markup. */
const Dom = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") {
        element.addEventListener(name, value);
      } else if (value === true) {
        element.setAttribute(name, "");
      } else if (value !== false && value !== null && value !== undefined) {
        element.setAttribute(name, String(value));
      }
    }
    append(element, children);
    return element;
  }

  function append(element, children) {
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) {
        element.append(child);
      }
    }
  }

  /** An HTML element. A function among the attributes listens to the event of its name. */
  function html(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
  }

  /** An SVG element. */
  function svg(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
  }

  function replace(element, ...children) {
    element.replaceChildren();
    append(element, children);
  }

  function link(text, action, attributes) {
    return html("button", { type: "button", class: "link", click: action, ...attributes }, text);
  }

  function button(text, action, attributes) {
    return html("button", { type: "button", click: action, ...attributes }, text);
  }

  function byId(id) {
    return document.getElementById(id);
  }

  const ruler = document.createElement("canvas").getContext("2d");
  const FONT = 'system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif';

  /** `text`, its middle left out so that it is at most `width` pixels wide. */
  function fit(text, width, size = 13, weight = "normal") {
    ruler.font = `${weight} ${size}px ${FONT}`;
    if (text.length < 200 && ruler.measureText(text).width <= width) {
      return text;
    }
    const letters = Array.from(text);
    let least = 1;
    let most = Math.min(letters.length, 200);
    const cut = (kept) =>
      letters.slice(0, Math.ceil(kept / 2)).join("") + "…" + letters.slice(letters.length - Math.floor(kept / 2)).join("");
    while (least < most) {
      const kept = Math.ceil((least + most) / 2);
      if (ruler.measureText(cut(kept)).width <= width) {
        least = kept;
      } else {
        most = kept - 1;
      }
    }
    return cut(least);
  }

  return { html, svg, replace, link, button, byId, fit };
})();
