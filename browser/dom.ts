/** Building pages without innerHTML: works under the strictest CSP, Trusted Types included. */

type Child = Node | string | undefined | false;
type Attributes = Record<string, string | boolean | EventListener | undefined>;

/** h("a", { href: "/x", onclick: f }, "text") */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((c): c is Node | string => Boolean(c)));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** One of our own bundled icons: its SVG text rebuilt element by element. */
export function icon(source: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const fixed = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2" };
  const shape = { "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [key, value] of Object.entries({ ...fixed, ...shape })) svg.setAttribute(key, value);
  for (const [, name, rest] of source.matchAll(/<(path|circle|rect|line|polyline)\b([^>]*)>/g)) {
    const part = document.createElementNS(SVG, name!);
    for (const [, key, value] of rest!.matchAll(/([\w-]+)="([^"]*)"/g)) part.setAttribute(key!, value!);
    svg.append(part);
  }
  return svg;
}

/** `url` when a browser may follow it: http, https, or relative. Anything else (javascript:) is dropped. */
export function safe(url: string): string | undefined {
  if (!url) return undefined;
  try {
    return /^https?:$/.test(new URL(url, location.href).protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}
