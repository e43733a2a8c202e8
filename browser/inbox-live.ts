/** What happens elsewhere shows here: server-sent events say what changed, then just that part is read anew. */

import { find, open, page, renew, renewFrom, send } from "./inbox-page";

const SOON = 150;
const SIGN_EVERY = 10_000;
const TYPING_FOR = 4_000;
const MOVES_EVERY = 3_000;

let source: EventSource | undefined;
let listening = "";
let wanted = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
let moves: ReturnType<typeof setTimeout> | undefined;
let typedAt = 0;
let lastSign = "";

function soon(...parts: string[]): void {
  parts.forEach((part) => wanted.add(part));
  timer ??= setTimeout(() => {
    timer = undefined;
    const now = [...wanted];
    wanted = new Set();
    for (const part of now) void renewed(part);
  }, SOON);
}

async function renewed(part: string): Promise<void> {
  if (part === "#list" && find(".lines-form .tick :checked")) return;
  if (part === "#talk-head" && find("#talk-head details[open], #talk-head :focus")) return;
  const thread = find("#thread");
  const atEnd = !thread || thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  await renew(part);
  if (part === "#thread" && atEnd) toEnd();
}

/** Somebody on the site moved on: perhaps the customer beside us. */
function moved(): void {
  moves ??= setTimeout(() => {
    moves = undefined;
    if (open() && find("#here")) void renewFrom(`/desk/c/${open()}/here`, "#here");
  }, MOVES_EVERY);
}

export function toEnd(): void {
  const thread = find("#thread");
  if (thread) thread.scrollTop = thread.scrollHeight;
}

function heard(event: MessageEvent<string>): void {
  const { topic, note } = JSON.parse(event.data) as { topic: string; note: string };
  if (note === "again") return moved(), soon("#list", "#views", "#thread", "#lookers", "#talk-head");
  if (topic === "visitors") return moved();
  if (topic === "inbox") return soon("#list", "#views");
  if (!topic.startsWith("conversation:")) return soon("#views");
  const what = note.split(":")[0];
  if (what === "typing" || what === "looking") soon("#lookers");
  else if (what === "changed") soon("#talk-head", "#thread");
  else if (what === "gone") location.assign(page()?.dataset.list ?? "/desk");
  else soon("#thread");
}

/** Listen to the lists and to the conversation that is open; begin anew when another one is. */
export function listen(): void {
  const here = page();
  if (!here) return;
  const topics = ["inbox", `agent:${here.dataset.me}`];
  if (here.dataset.conversation) topics.push(`conversation:${here.dataset.conversation}`, "visitors");
  const asked = topics.join(",");
  if (asked === listening && source && source.readyState !== EventSource.CLOSED) return;
  source?.close();
  listening = asked;
  source = new EventSource(`/desk/live?topics=${encodeURIComponent(asked)}`);
  source.onmessage = heard;
  lastSign = "";
  sign();
}

/** Tell colleagues that we look, or write. */
export function sign(): void {
  const number = open();
  if (!number || document.visibilityState !== "visible") return;
  const doing = Date.now() - typedAt < TYPING_FOR ? "typing" : "looking";
  lastSign = number;
  void send(`/desk/c/${number}/look`, { do: doing });
}

export function typed(): void {
  const first = Date.now() - typedAt > TYPING_FOR;
  typedAt = Date.now();
  if (first) sign();
}

export function away(): void {
  if (lastSign) void send(`/desk/c/${lastSign}/look`, { do: "away" });
  lastSign = "";
}

setInterval(sign, SIGN_EVERY);
