/**
 * The line to the server: comes back by itself after a reload, sleep or lost network, and sends again, under the same id,
 * whatever was not acknowledged. The server keeps each id once; here messages are held by their number, so each is
 * shown once and in order.
 */

import type { Kept, Unsent } from "./chat-kept";
import type { Regulars } from "./client";

export interface Attached {
  name: string;
  type: string;
  size: number;
  url: string;
  picture: boolean;
}

export interface Message {
  id: number;
  at: string;
  own: boolean;
  text: string;
  name?: string;
  client?: string;
  files?: Attached[];
}

export interface Standing {
  standing: "open" | "busy" | "nobody" | "closed";
  opens: string | null;
  place: null | { number: number; seconds: number };
}

type Frame =
  | { type: "welcome"; greeting: string; standing: Standing; messages: Message[]; files: boolean; privacy: string }
  | ({ type: "message" } & Message)
  | { type: "thread"; messages: Message[] }
  | ({ type: "standing" } & Standing)
  | { type: "ack"; client: string; id: number; at: string }
  | { type: "refused"; client: string; detail: string }
  | { type: "later"; client: string }
  | { type: "seen"; last: number }
  | { type: "invitation"; id: string; text: string }
  | { type: "fault"; status: number; detail: string }
  | { type: "typing" | "pong" | "anew" };

/** What the wire tells whoever shows the chat. */
export interface Hears {
  changed(what: "messages" | "standing" | "connection"): void;
  came(message: Message): void;
  typing(): void;
  invited(id: string, text: string): void;
}

const PING_EVERY = 25_000;
const SILENT_TOO_LONG = 10_000;
const SLOWEST = 15_000;

export class Wire {
  readonly messages = new Map<number, Message>();
  standing: Standing | undefined;
  greeting = "";
  privacy = "";
  takesFiles = true;
  connected = false;
  fault = "";
  seen = 0;
  private socket?: WebSocket;
  private failures = 0;
  private retry?: ReturnType<typeof setTimeout>;
  private pulse?: ReturnType<typeof setTimeout>;
  private said = "";
  private stopped = false;

  constructor(private client: Regulars, private kept: Kept, private hears: Hears) {
    addEventListener("online", this.now);
    addEventListener("pageshow", this.now);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.check();
    });
    addEventListener("regulars:refresh", () => {
      if (this.socket && this.said !== this.who()) this.restart();
    });
    addEventListener("regulars:page", () => this.put({ ...page() }));
  }

  /** Connect, unless it is. */
  readonly now = (): void => {
    if (this.connected || this.stopped) return;
    clearTimeout(this.retry);
    this.retry = undefined;
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    this.open();
  };

  /** Everything in order: what is durable by its number, then what is still on its way. */
  get thread(): Message[] {
    return [...this.messages.values()].sort((a, b) => a.id - b.id);
  }

  say(unsent: Unsent): void {
    this.kept.set({ unsent: [...this.kept.unsent, unsent] });
    this.hears.changed("messages");
    this.send(unsent);
  }

  /** Try a refused one again. */
  again(id: string): void {
    this.kept.set({ unsent: this.kept.unsent.map((u) => (u.id === id ? { ...u, refused: undefined } : u)) });
    this.resend();
    this.hears.changed("messages");
  }

  put(frame: object): void {
    if (this.connected) this.socket!.send(JSON.stringify(frame));
  }

  /** Leave for good: the chat was forgotten here. */
  leave(): void {
    this.stopped = true;
    this.messages.clear();
    this.standing = undefined;
    this.stop();
  }

  private stop(): void {
    this.connected = false;
    clearTimeout(this.retry);
    clearTimeout(this.pulse);
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }

  private restart(): void {
    this.stop();
    this.messages.clear();
    this.stopped = false;
    this.open();
  }

  private open(): void {
    const { base } = this.client.settings;
    const socket = new WebSocket(base.replace(/^http/, "ws") + "/v1/chat");
    this.socket = socket;
    socket.onopen = () => {
      this.said = this.who();
      socket.send(JSON.stringify(this.hello()));
      this.listen();
    };
    socket.onmessage = (e) => {
      if (socket === this.socket) this.hear(JSON.parse(e.data as string) as Frame);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
  }

  private who(): string {
    const { person } = this.client;
    return JSON.stringify([person.consent, person.ids(), person.token]);
  }

  private hello(): object {
    const { person, settings, language } = this.client;
    const { anonymousId } = person.ids();
    return {
      type: "hello",
      key: settings.writeKey,
      secret: this.kept.secret,
      language,
      page: page(),
      visits: this.kept.visits,
      here: person.consent === "granted",
      ...(anonymousId ? { anonymous: anonymousId } : {}),
      ...(person.token ? { token: person.token } : {}),
    };
  }

  private lost(): void {
    const was = this.connected;
    this.connected = false;
    this.socket = undefined;
    clearTimeout(this.pulse);
    if (was) this.failures = 0;
    if (this.stopped) return;
    const wait = Math.min(SLOWEST, 300 * 2 ** this.failures++) * (0.5 + Math.random());
    this.retry ??= setTimeout(this.now, wait);
    this.hears.changed("connection");
  }

  private listen(): void {
    clearTimeout(this.pulse);
    this.pulse = setTimeout(() => this.check(), PING_EVERY);
  }

  /** Is anybody still there? A socket that slept through a night says nothing of itself. */
  private check(): void {
    if (!this.connected) {
      this.now();
      return;
    }
    this.put({ type: "ping" });
    clearTimeout(this.pulse);
    const { socket } = this;
    this.pulse = setTimeout(() => {
      if (socket !== this.socket) return;
      this.stop();
      this.lost();
    }, SILENT_TOO_LONG);
  }

  private hear(frame: Frame): void {
    this.listen();
    switch (frame.type) {
      case "welcome":
        this.welcome(frame);
        break;
      case "message":
        this.take(frame);
        break;
      case "thread":
        this.replace(frame.messages);
        break;
      case "standing":
        this.standing = frame;
        this.hears.changed("standing");
        break;
      case "ack":
        this.acknowledge(frame);
        break;
      case "refused":
        this.refuse(frame.client, frame.detail);
        break;
      case "later":
        setTimeout(() => this.resend(frame.client), 3_000);
        break;
      case "seen":
        this.seen = Math.max(this.seen, frame.last);
        this.hears.changed("messages");
        break;
      case "typing":
        this.hears.typing();
        break;
      case "invitation":
        this.hears.invited(frame.id, frame.text);
        break;
      case "anew":
        this.kept.forget();
        this.kept.allow();
        this.restart();
        this.hears.changed("messages");
        break;
      case "fault":
        this.faulted(frame.status, frame.detail);
        break;
    }
  }

  private welcome(frame: Extract<Frame, { type: "welcome" }>): void {
    this.connected = true;
    this.failures = 0;
    this.fault = "";
    this.greeting = frame.greeting;
    this.privacy = frame.privacy;
    this.takesFiles = frame.files;
    this.standing = frame.standing;
    this.replace(frame.messages);
    this.hears.changed("connection");
    this.resend();
  }

  private replace(messages: Message[]): void {
    const known = this.messages.size > 0;
    const before = new Set(this.messages.keys());
    this.messages.clear();
    for (const message of messages) this.keep(message);
    this.hears.changed("messages");
    if (!known) return;
    for (const message of messages) if (!message.own && !before.has(message.id)) this.hears.came(message);
  }

  private take(message: Message): void {
    const fresh = !this.messages.has(message.id);
    this.keep(message);
    this.hears.changed("messages");
    if (fresh && !message.own) this.hears.came(message);
  }

  private keep(message: Message): void {
    this.messages.set(message.id, message);
    if (message.client) this.kept.drop(message.client);
  }

  private acknowledge(ack: { client: string; id: number; at: string }): void {
    const unsent = this.kept.unsent.find((u) => u.id === ack.client);
    if (unsent && !this.messages.has(ack.id) && !unsent.files.length) {
      this.keep({ id: ack.id, at: ack.at, own: true, text: unsent.text, client: ack.client });
    }
    if (!unsent?.files.length || this.messages.has(ack.id)) this.kept.drop(ack.client);
    this.hears.changed("messages");
  }

  private refuse(id: string, why: string): void {
    this.kept.set({ unsent: this.kept.unsent.map((u) => (u.id === id ? { ...u, refused: why } : u)) });
    this.hears.changed("messages");
  }

  private faulted(status: number, detail: string): void {
    this.fault = detail;
    this.stopped = status < 500 && status !== 429;
    if (status === 429) this.failures = 5;
    this.hears.changed("connection");
  }

  private resend(id?: string): void {
    for (const unsent of this.kept.unsent) if (!unsent.refused && (!id || id === unsent.id)) this.send(unsent);
  }

  private send(unsent: Unsent): void {
    const { id, text, files, email } = unsent;
    this.put({ type: "say", id, text, ...(files.length ? { files } : {}), ...(email ? { email } : {}) });
  }
}

function page(): object {
  return { type: "page", url: location.href.slice(0, 2_000), title: document.title.slice(0, 500) };
}
