/** Events on their way: batched, sent again with the same messageId until acknowledged, the rest by beacon. */

import type { Fields } from "./types";

const UNSENT = "regulars.unsent";
const AT_ONCE = 100;
const BEACON_BYTES = 60_000;
const MOST = 1_000;

export class Queue {
  private waiting: Fields[] = [];
  private sending: Promise<void> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  constructor(private send: (batch: Fields[]) => Promise<Response>, private beacon: (batch: Fields[]) => boolean) {
    addEventListener("pagehide", () => this.leave());
    addEventListener("online", () => void this.flush());
  }

  /** Take what an earlier page could not send. */
  restore(): void {
    try {
      this.waiting.unshift(...(JSON.parse(localStorage.getItem(UNSENT) ?? "[]") as Fields[]));
      localStorage.removeItem(UNSENT);
    } catch {
      // storage is closed to us
    }
    if (this.waiting.length) this.soon(0);
  }

  add(event: Fields): void {
    this.waiting.push(event);
    if (this.waiting.length > MOST) this.waiting.shift();
    this.soon(200);
  }

  /** Send what is waiting; resolves when it is acknowledged or has failed for now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.sending) await this.sending;
    if (!this.waiting.length) return;
    this.sending = this.post(this.waiting.slice(0, AT_ONCE)).finally(() => (this.sending = undefined));
    await this.sending;
  }

  /** Forget everything unsent (consent was taken back). */
  clear(): void {
    this.waiting = [];
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      localStorage.removeItem(UNSENT);
    } catch {
      // storage is closed to us: there is nothing in it
    }
  }

  private soon(milliseconds: number): void {
    this.timer ??= setTimeout(() => void this.flush(), milliseconds);
  }

  private async post(batch: Fields[]): Promise<void> {
    const status = await this.send(batch).then((r) => r.status, () => 0);
    if (status === 0 || status === 429 || status >= 500) {
      this.failures += 1;
      this.soon(Math.min(60_000, 500 * 2 ** this.failures) * (0.75 + Math.random() / 2));
      return;
    }
    if (status >= 400) console.warn(`regulars: ${batch.length} events were refused (${status})`);
    this.failures = 0;
    const sent = new Set(batch.map((e) => e.messageId));
    this.waiting = this.waiting.filter((e) => !sent.has(e.messageId));
    if (this.waiting.length) this.soon(0);
  }

  private leave(): void {
    while (this.waiting.length) {
      const batch = this.upTo(BEACON_BYTES);
      if (!this.beacon(batch)) break;
      this.waiting.splice(0, batch.length);
    }
    if (!this.waiting.length) return;
    try {
      localStorage.setItem(UNSENT, JSON.stringify(this.waiting));
    } catch {
      // storage is closed to us: nothing more can be done
    }
  }

  private upTo(bytes: number): Fields[] {
    let size = 0;
    const batch: Fields[] = [];
    for (const event of this.waiting) {
      size += JSON.stringify(event).length * 2;
      if (batch.length && (size > bytes || batch.length === AT_ONCE)) break;
      batch.push(event);
    }
    return batch;
  }
}
