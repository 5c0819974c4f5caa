/* The table: one compressed buffer with the answer to every setting, see codec.py. */

const CUT = -32768;
const NEAR = 1024; // px up to which codes are linear
const PARTS = 16; // codes a px
const RATE = 3e-4; // relative step of a code beyond

function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export async function unpackJson(bytes) {
  return JSON.parse(new TextDecoder().decode(await inflated(bytes)));
}

export async function unpack(bytes) {
  const buffer = await inflated(bytes);
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const codes = joined(new Uint8Array(buffer, 4 + length));
  let start = 0;
  const arrays = header.arrays.map((shape, number) => {
    const values = codes.subarray(start, (start += shape.reduce((a, b) => a * b, 1)));
    for (const axis of header.axes[number].reverse()) undoDifferences(values, shape, axis);
    return { shape, points: shape.at(-1), values };
  });
  return new Table({ ...header, arrays });
}

class Table {
  constructor(given) {
    Object.assign(this, given);
  }

  /* What it has for one setting; cell: the numbers of the values of its quantities. */
  at(cell) {
    return new Cell(this, cell);
  }
}

class Cell {
  constructor(table, cell) {
    const { lines, words, scenes } = table;
    Object.assign(this, { lines, words, scenes, array: (number) => lookup(table.arrays[number], cell) });
  }

  /* The codes of x and y of a line; none of one that is not drawn. */
  codes(gid) {
    return this.lines[gid]?.map((number) => this.array(number)) ?? [[], []];
  }

  count(gid) {
    return this.codes(gid)[0].length;
  }

  /* x and y in px from the middle of the axes, NaN where the line is cut. */
  offsets(gid) {
    return this.codes(gid).map((codes) => Float64Array.from(codes, restore));
  }

  /* Whether a sentence has to be counted first, see Program. */
  waits() {
    return false;
  }

  said(name) {
    const { texts, array } = this.words[name];
    return texts[this.array(array)[0]];
  }
}

/* 16-bit numbers of all their low bytes and all their high ones; 0, 1, 2, 3, 4 ... are 0, -1, 1, -2, 2 ... */
function joined(bytes) {
  const codes = new Int16Array(bytes.length / 2);
  for (let k = 0; k < codes.length; k++) {
    const folded = bytes[k] | (bytes[codes.length + k] << 8);
    codes[k] = (folded >> 1) ^ -(folded & 1);
  }
  return codes;
}

function undoDifferences(values, shape, axis) {
  const step = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const block = step * shape[axis];
  for (let first = 0; first < values.length; first += block)
    for (let k = first + step; k < first + block; k++) values[k] += values[k - step];
}

/* The points of one cell of the grid; an axis of length 1 holds the same for all. */
function lookup(array, cell) {
  const number = cell.reduce((n, k, axis) => n * array.shape[axis] + (array.shape[axis] > 1 ? k : 0), 0);
  return array.values.subarray(number * array.points, (number + 1) * array.points);
}

/* The points that a step shows, of a line that has some for each. */
export function frameOf(offsets, step, lastStep) {
  const size = offsets.length / (lastStep + 1);
  return offsets.slice(step * size, (step + 1) * size);
}

function restore(code) {
  if (code === CUT) return NaN;
  const size = Math.abs(code);
  if (size <= PARTS * NEAR) return code / PARTS;
  return Math.sign(code) * NEAR * Math.exp((size - PARTS * NEAR) * RATE);
}
