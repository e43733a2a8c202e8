/** Messages as nodes: a little Markdown of agents, links that may be followed, nothing that runs. */

import { h, safe } from "./dom";

const INLINE = /\*\*([^*\n]+)\*\*|\*([^*\n]+)\*|`([^`\n]+)`|\[([^\]\n]{1,200})\]\(([^)\s]{1,2000})\)|(https?:\/\/[^\s<>"']{1,2000})/g;
const CLOSING = /[.,;:!?)\]]+$/;

/** One message, line by line. `plain`: the visitor's own words are shown as they typed them, only links are links. */
export function body(text: string, plain: boolean): HTMLElement {
  const lines = text.split("\n");
  const parts: (Node | string)[] = [];
  lines.forEach((line, i) => {
    if (i) parts.push(h("br"));
    parts.push(...inline(plain ? line : line.replace(/^#{1,6}\s+/, "").replace(/^[-*]\s+/, "• "), plain));
  });
  return h("p", { class: "text" }, ...parts);
}

function inline(line: string, plain: boolean): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const found of line.matchAll(INLINE)) {
    const [whole, strong, emphasis, code, label, target, bare] = found;
    if (plain && !bare) continue;
    parts.push(line.slice(at, found.index));
    at = found.index + whole.length;
    if (strong) parts.push(h("strong", {}, strong));
    else if (emphasis) parts.push(h("em", {}, emphasis));
    else if (code) parts.push(h("code", {}, code));
    else if (bare) parts.push(...link(bare));
    else parts.push(anchor(target!, label!) ?? whole);
  }
  parts.push(line.slice(at));
  return parts.filter(Boolean);
}

function link(bare: string): (Node | string)[] {
  const after = CLOSING.exec(bare)?.[0] ?? "";
  const url = bare.slice(0, bare.length - after.length);
  return [anchor(url, url) ?? url, after];
}

function anchor(url: string, text: string): HTMLElement | undefined {
  const to = safe(url);
  return to ? h("a", { href: to, target: "_blank", rel: "noopener noreferrer nofollow" }, text) : undefined;
}
