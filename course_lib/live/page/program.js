/* A program: what a figure's compute does, traced by tracing.py and run here, for one setting at a time.
 *
 * It is data, and this is its interpreter: no text becomes code, so it runs under any policy.
 */

import { placed } from "./axes.js";
import { unpackJson } from "./table.js";
import { fill } from "./words.js";

const WIDTH = 10; // numbers of an instruction: op, n, then place and step of out, a, b, c
const FAR = 1e5; // px from the middle of the axes beyond which a line is cut, as in a table

const truth = (a) => a !== 0; // nan is true, as in numpy

/* What has no line of its own in `rows`. Where JavaScript's own function differs from numpy's at -0, nan or inf, the
 * difference is spelled out. */
const FUNCTIONS = {
  absolute: Math.abs,
  sign: (a) => (a > 0 ? 1 : a < 0 ? -1 : a === 0 ? 0 : a),
  square: (a) => a * a,
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  arctan: Math.atan,
  tanh: Math.tanh,
  floor: Math.floor,
  ceil: Math.ceil,
  rint: (a) => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a)),
  logical_not: (a) => +!truth(a),
  isfinite: (a) => +Number.isFinite(a),
  isnan: (a) => +Number.isNaN(a),
  power: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  remainder,
  floor_divide: floorDivide,
  arctan2: Math.atan2,
  hypot: (a, b) => Math.hypot(a, b),
  copysign: (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)),
  less_equal: (a, b) => +(a <= b),
  equal: (a, b) => +(a === b),
  not_equal: (a, b) => +(a !== b),
  logical_or: (a, b) => +(truth(a) || truth(b)),
};

/* With the sign of the divisor, as Python's %. */
function remainder(a, b) {
  const rest = a % b;
  if (rest) return rest < 0 !== b < 0 ? rest + b : rest;
  return Number.isNaN(rest) ? rest : FUNCTIONS.copysign(0, b);
}

function floorDivide(a, b) {
  if (b === 0) return a / b;
  const rest = a % b;
  const parts = (a - rest) / b - (rest && rest < 0 !== b < 0 ? 1 : 0);
  if (parts === 0) return FUNCTIONS.copysign(0, a / b);
  const whole = Math.floor(parts);
  return parts - whole > 0.5 ? whole + 1 : whole;
}

/* The operations with a line of their own; the others follow. */
const OWN = "loop store positive where add subtract multiply divide negative sqrt maximum minimum less logical_and".split(" ");
const [LOOP, STORE, POSITIVE, WHERE, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, SQRT, MAXIMUM, MINIMUM, LESS, AND] = OWN.keys();
const NAMES = [...OWN, ...Object.keys(FUNCTIONS)];
const ACTS = [...OWN.map(() => null), ...Object.values(FUNCTIONS)];

/* Nested instructions one after the other; a loop knows where it ends. Places are written as differences: out from the
 * out before it, what is read from out. */
function flat(block, ops, code = [], before = 0) {
  for (const [op, n, away, ...rest] of block) {
    const at = code.length;
    const out = before + away;
    code.push(ops[op], n, out);
    if (ops[op] === LOOP) {
      code.push(...Array(WIDTH - 3).fill(0));
      flat(rest[0], ops, code, out);
      code[at + 3] = code.length;
    } else {
      const read = ops[op] === STORE ? [2] : [2, 4, 6]; // where in an instruction, behind its out
      rest.forEach((number, k) => code.push(read.includes(k + 1) ? out + number : number));
      code.push(...Array(WIDTH - 3 - rest.length).fill(0));
    }
    before = out;
  }
  return code;
}

function known(name) {
  const number = NAMES.indexOf(name);
  if (number < 0) throw new Error(`unknown operation ${name}`);
  return number;
}

/* The programs of a figure: one for each choice of what is no number, keyed by the numbers of the options. */
export class Programs {
  constructor({ chosen, programs, grounds }, controls) {
    Object.assign(this, { chosen, programs, grounds, controls, made: {}, heights: {} });
  }

  static async unpack(bytes, controls) {
    return new Programs(await unpackJson(bytes), controls);
  }

  /* The program for these settings, run for them. */
  at(settings) {
    const key = this.key(settings);
    const program = (this.made[key] ??= new Program(this.programs[key]));
    const values = this.values(settings);
    if (values.some((value, k) => value !== program.values?.[k])) program.run(this.byName(values));
    program.values = values;
    return program;
  }

  key(settings) {
    return this.chosen.map((name) => settings[name]).join();
  }

  values(settings) {
    return this.controls.map(({ name, values, options }) => {
      const number = settings[name];
      return values?.[number] ?? options?.[number] ?? number;
    });
  }

  /* The program of the heights of the ground, and what they depend on. */
  ground(settings) {
    const key = this.key(settings);
    const program = (this.heights[key] ??= new Program(this.grounds[key]));
    program.given = this.byName(this.values(settings));
    return [program, key + Object.keys(program.inputs).map((name) => program.given[name])];
  }

  /* {name: its numbers}; a pair has two controls, name.0 and name.1. */
  byName(values) {
    const named = {};
    this.controls.forEach(({ name }, k) => (named[name.split(".")[0]] ??= []).push(values[k]));
    return named;
  }
}

export class Program {
  constructor({ size, ops, constants: [places, numbers], code, now, waiting, inputs, lines, words, texts }) {
    Object.assign(this, { inputs, lines, words, texts, waiting, now: 0, scenes: {} });
    this.cells = new Float64Array(size);
    let cell = 0;
    places.forEach((away, k) => (this.cells[(cell += away)] = Number(String(numbers[k]).replace("inf", "Infinity"))));
    this.code = Int32Array.from(flat(code, ops.map(known)));
    for (let k = 0; k < now; k++) this.now = this.code[this.now] === LOOP ? this.code[this.now + 3] : this.now + WIDTH;
  }

  /* All but what waits until one of its sentences is asked for.

     values: name of an input -> its numbers; a text goes in as the program's own number of it. */
  run(values) {
    for (const [name, cells] of Object.entries(this.inputs))
      cells.forEach((cell, k) => {
        const value = values[name][k];
        this.cells[cell] = typeof value === "string" ? this.texts.findIndex(([text]) => text === value) : value;
      });
    this.block(0, this.now, 0);
    this.whole = false;
  }

  block(at, end, turn) {
    const { code, cells } = this;
    while (at < end) {
      const op = code[at];
      const n = code[at + 1];
      const out = code[at + 2];
      if (op === LOOP) {
        const next = code[at + 3];
        for (let k = 0; k < n; k++) {
          cells[out] = k + 1;
          this.block(at + WIDTH, next, k);
        }
        at = next;
      } else {
        const first = op === STORE ? out + turn * code[at + 6] : out;
        rows(cells, op, n, first, code[at + 3], code[at + 4], code[at + 5], code[at + 6], code[at + 7], code[at + 8], code[at + 9]);
        at += WIDTH;
      }
    }
  }

  /* The numbers of a line, one side of it. */
  numbers(gid, side) {
    const [first, count] = this.lines[gid]?.[side] ?? [0, 0]; // none of a line that is not drawn
    return this.cells.subarray(first, first + count);
  }

  // -- its part of an answer

  count(gid) {
    return this.numbers(gid, 0).length;
  }

  offsets(gid, axes) {
    return [0, 1].map((side) => {
      const [place, middle] = [placed(axes, side), axes.box[side] + axes.box[side + 2] / 2];
      return this.numbers(gid, side).map((value) => {
        const offset = place(value) - middle;
        return Math.abs(offset) <= FAR ? offset : NaN;
      });
    });
  }

  /* Whether a sentence has to be counted first. */
  waits(name) {
    return !this.whole && this.waiting.includes(name);
  }

  said(name) {
    if (this.waits(name)) {
      this.block(this.now, this.code.length, 0);
      this.whole = true;
    }
    return fill(this.texts, this.cells, this.words[name]);
  }
}

function rows(cells, op, n, o, so, a, sa, b, sb, c, sc) {
  switch (op) {
    case POSITIVE:
    case STORE:
      for (let k = 0; k < n; k++, o += so, a += sa) cells[o] = cells[a];
      break;
    case WHERE:
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb, c += sc) cells[o] = cells[a] !== 0 ? cells[b] : cells[c];
      break;
    case ADD:
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb) cells[o] = cells[a] + cells[b];
      break;
    case SUBTRACT:
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb) cells[o] = cells[a] - cells[b];
      break;
    case MULTIPLY:
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb) cells[o] = cells[a] * cells[b];
      break;
    case DIVIDE:
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb) cells[o] = cells[a] / cells[b];
      break;
    case NEGATIVE:
      for (let k = 0; k < n; k++, o += so, a += sa) cells[o] = -cells[a];
      break;
    case SQRT:
      for (let k = 0; k < n; k++, o += so, a += sa) cells[o] = Math.sqrt(cells[a]);
      break;
    case MAXIMUM: // of nan and a number: nan
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb) {
        const first = cells[a];
        cells[o] = first >= cells[b] || first !== first ? first : cells[b];
      }
      break;
    case MINIMUM:
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb) {
        const first = cells[a];
        cells[o] = first <= cells[b] || first !== first ? first : cells[b];
      }
      break;
    case LESS:
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb) cells[o] = cells[a] < cells[b] ? 1 : 0;
      break;
    case AND:
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb) cells[o] = cells[a] !== 0 && cells[b] !== 0 ? 1 : 0;
      break;
    default: {
      const act = ACTS[op];
      for (let k = 0; k < n; k++, o += so, a += sa, b += sb) cells[o] = act(cells[a], cells[b]);
    }
  }
}
