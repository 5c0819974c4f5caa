/* The answer to a setting: what a table has in one of its cells, what a program made of it, or both. */

export class Answer {
  constructor(parts) {
    this.parts = parts;
  }

  /* The part that says something of a line. */
  of(gid) {
    return this.parts.find((part) => gid in part.lines);
  }

  count(gid) {
    return this.of(gid)?.count(gid) ?? 0;
  }

  /* x and y in px from the middle of the axes, NaN where the line is cut; none for a line that is not drawn. */
  offsets(gid, axes) {
    return this.of(gid)?.offsets(gid, axes) ?? [[], []];
  }

  get names() {
    return this.parts.flatMap((part) => Object.keys(part.words));
  }

  /* Whether a sentence takes a run of its own that has not been made yet. */
  waits(name) {
    return this.parts.find((part) => name in part.words).waits?.(name) ?? false;
  }

  said(name) {
    return this.parts.find((part) => name in part.words).said(name);
  }

  get scenes() {
    return Object.assign({}, ...this.parts.map((part) => part.scenes));
  }
}
