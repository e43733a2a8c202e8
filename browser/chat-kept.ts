/**
 * What this browser keeps of its chat, under "regulars.chat": the secret that opens it, what is not sent yet, the draft.
 * Nothing is written before consent, or before the visitor opens the chat (their own act, and the chat says so).
 * The secret is made for the chat alone and is no part of any event: knowing the anonymous id opens nothing.
 */

export interface FileToSend {
  name: string;
  data: string;
}

export interface Unsent {
  id: string;
  text: string;
  files: FileToSend[];
  email?: string;
  at: string;
  refused?: string;
}

interface Record_ {
  secret?: string;
  unsent?: Unsent[];
  draft?: string;
  email?: string;
  opened?: boolean;
  visits?: number;
  visitedAt?: number;
  dismissedAt?: number;
}

export const KEY = "regulars.chat";
const VISIT_ENDS = 30 * 60_000;

export class Kept {
  private record: Record_ = read();
  private may = Boolean(this.record.secret);
  private readonly sent = new Set<string>();

  /** From here on it may be written down. */
  allow(): void {
    this.may = true;
    this.write();
  }

  get secret(): string {
    this.record.secret ??= read().secret ?? made(); // another tab may have made it meanwhile
    this.write();
    return this.record.secret;
  }

  /** Opened by the visitor in this browser before: go on where they were. */
  get opened(): boolean {
    return Boolean(this.record.opened);
  }

  get unsent(): Unsent[] {
    return this.record.unsent ?? [];
  }

  get draft(): string {
    return this.record.draft ?? "";
  }

  get email(): string {
    return this.record.email ?? "";
  }

  get visits(): number {
    return this.record.visits ?? 1;
  }

  set(change: Partial<Record_>): void {
    Object.assign(this.record, change);
    this.write();
  }

  /** Count this visit: a new one after half an hour away. */
  visit(): void {
    const now = Date.now();
    const anew = now - (this.record.visitedAt ?? 0) > VISIT_ENDS;
    this.set({ visits: (this.record.visits ?? 0) + (anew ? 1 : 0), visitedAt: now });
  }

  /** It is durable now. */
  drop(id: string): void {
    this.sent.add(id);
    if (!this.unsent.some((u) => u.id === id)) return;
    this.set({ unsent: this.unsent.filter((u) => u.id !== id) });
  }

  /** The next chat in this browser begins anew. */
  forget(): void {
    const { visits, visitedAt } = this.record;
    this.record = { visits, visitedAt };
    try {
      localStorage.removeItem(KEY);
    } catch {
      // storage is closed to us: there is nothing in it
    }
  }

  private write(): void {
    if (!this.may) return;
    const unsent = [...this.ofOtherTabs(), ...this.unsent];
    if (!put({ ...this.record, unsent })) put({ ...this.record, unsent: unsent.filter((u) => !u.files.length) });
  }

  /** What other tabs wrote down and have not sent yet: it stays in the common record. */
  private ofOtherTabs(): Unsent[] {
    const mine = new Set(this.unsent.map((u) => u.id));
    const there = read();
    if (there.secret !== this.record.secret) return [];
    return (there.unsent ?? []).filter((u) => !mine.has(u.id) && !this.sent.has(u.id));
  }
}

function read(): Record_ {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record_;
  } catch {
    return {};
  }
}

/** Whether it could be written: with files it may be too large (then those live as long as the page). */
function put(record: Record_): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(record));
    return true;
  } catch {
    return false;
  }
}

function made(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
