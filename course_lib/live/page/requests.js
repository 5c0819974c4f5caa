/* Asking the kernel: one request on its way, the newest wins. */

export const REST = 200; // ms without a move until the hand is taken to rest
const PATIENCE = 4000; // ms without an answer until the reader is told, and the kernel asked again
const LONGEST = 16000; // ms between two attempts: a kernel that is only busy will answer all of them

export class Requests {
  constructor(send, fresh, told) {
    Object.assign(this, { send, fresh, told, flying: false, wanted: false, wait: PATIENCE, rest: null });
    // All pages of a notebook hear every answer, so no two of them may count alike.
    this.number = Math.floor(Math.random() * 2 ** 40);
  }

  /* Something the page does not hold was moved: it is asked for when the hand rests. */
  moved() {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.rested(), REST);
  }

  /* An answer came that is not the one wanted: the hand has been away, and is back. Unless it still moves, the right one
     is asked for: at once, or when the answer on its way is done. */
  stale() {
    if (this.rest === null) this.ask();
  }

  /* Somebody else moved it, and so asks for the answer; should none come, it is asked for here. */
  expect() {
    this.rest ??= setTimeout(() => this.rested(), PATIENCE);
  }

  /* The hand rests for a while, or has let go. */
  rested() {
    if (this.rest === null) return;
    clearTimeout(this.rest);
    this.rest = null;
    this.ask();
  }

  ask() {
    this.wanted = true;
    this.next();
  }

  next() {
    if (this.flying || !this.wanted) return;
    this.wanted = false;
    if (this.fresh()) return;
    this.flying = true;
    this.number += 1;
    this.patience = setTimeout(() => this.retry(), this.wait);
    try {
      this.send({ number: this.number, again: this.wait > PATIENCE });
    } catch {
      this.told(false); // the way to the kernel is closed
    }
  }

  /* Request or answer may be lost, with a network that dropped. What is wanted by now is asked for. */
  retry() {
    if (!this.flying) return;
    clearTimeout(this.patience);
    this.told(false);
    this.wait = Math.min(2 * this.wait, LONGEST);
    this.flying = false;
    this.ask();
  }

  /* Answers to requests that were asked again may still come; they free nothing. */
  done(number) {
    if (number !== this.number) return;
    clearTimeout(this.patience);
    this.told(true);
    this.wait = PATIENCE;
    this.flying = false;
    this.next();
  }

  stop() {
    clearTimeout(this.rest);
    clearTimeout(this.patience);
  }
}
