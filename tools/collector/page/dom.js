// Elements from data. Texts become text nodes, so nothing that a device said is ever read as markup.

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    node.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat()) {
    if (child !== undefined && child !== null && child !== false) {
      node.append(child instanceof Node ? child : String(child));
    }
  }
  return node;
}

export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

// A point in time that shows how long ago it was and keeps doing so (refreshAges).
export function ago(seconds) {
  if (!seconds) return h("span", { class: "muted" }, "never");
  const date = new Date(seconds * 1000);
  return h("time", { datetime: date.toISOString(), title: date.toLocaleString(), "data-at": seconds }, since(seconds));
}

export function since(seconds) {
  const s = Math.max(0, Math.round(Date.now() / 1000 - seconds));
  if (s < 10) return "just now";
  if (s < 60) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 2 * 86400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86400)} days ago`;
}

export function refreshAges(root) {
  for (const node of root.querySelectorAll("time[data-at]")) node.textContent = since(Number(node.dataset.at));
}

// A row of a table. A record that this page cannot show costs its own row, and not the page.
export function guarded(row, columns, name) {
  try {
    return row();
  } catch (error) {
    return h("tr", { class: "unreadable" }, h("td", { colspan: columns }, h("b", {}, name), " This record cannot be shown."));
  }
}

// A host name that may be broken after its dots.
export function breakable(text) {
  return String(text ?? "?").split(/(?<=\.)/).flatMap((part, i) => (i ? [h("wbr"), part] : [part]));
}
