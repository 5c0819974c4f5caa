/* The table: one compressed buffer with the answer to every setting, see codec.py. */

const CUT = -32768;
const NEAR = 1024; // px up to which codes are linear
const PARTS = 16; // codes a px
const RATE = 3e-4; // relative step of a code beyond

export function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

export async function unpack(bytes) {
  const buffer = await inflated(bytes);
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let start = 4 + length;
  const arrays = header.arrays.map((shape) => {
    const values = new Int16Array(buffer, start, shape.reduce((a, b) => a * b, 1));
    start += values.byteLength;
    return undoDifferences({ shape, points: shape.at(-1), values });
  });
  return new Table({ ...header, arrays });
}

/* An answer, as a program gives it, too; cell: the numbers of the values of the quantities in the table. */
class Table {
  constructor(given) {
    Object.assign(this, given);
  }

  count(gid) {
    return gid in this.lines ? this.arrays[this.lines[gid][0]].points : 0;
  }

  /* x and y in px from the middle of the axes, NaN where the line is cut; none for a line that is not drawn. */
  offsets(gid, axes, cell) {
    if (!(gid in this.lines)) return [[], []];
    return this.lines[gid].map((number) => Array.from(lookup(this.arrays[number], cell), restore));
  }

  get names() {
    return Object.keys(this.words);
  }

  said(name, cell) {
    const { texts, array } = this.words[name];
    return texts[lookup(this.arrays[array], cell)[0]];
  }
}

function undoDifferences(array) {
  const { values, points } = array;
  for (let first = 0; first < values.length; first += points)
    for (let k = first + 1; k < first + points; k++) values[k] += values[k - 1];
  return array;
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
