/* Lines, markers and arrows on a canvas, as matplotlib draws them. */

import { frameOf } from "./table.js";

/* Draw all lines; a run, its halo and its head have the same points. */
export function drawLines(context, frame, answer, shown) {
  const paths = {};
  for (const line of frame.lines) {
    const path = (paths[[line.data, line.axes, line.run, line.framed]] ??= points(frame, answer, line, shown));
    drawLine(context, frame, line, path);
  }
}

/* Points of a line in px: of a run up to the step, of a framed line its frame there; null where it is cut. */
function points(frame, answer, line, { step, lastStep }) {
  const [x, y, width, height] = frame.axes[line.axes].box;
  const [xs, ys] = answer
    .offsets(line.data, frame.axes[line.axes])
    .map((offsets) => (line.framed ? frameOf(offsets, step, lastStep) : offsets));
  const count = line.run ? Math.min(step + 1, xs.length) : xs.length;
  const path = [];
  for (let k = 0; k < count; k++)
    path.push(Number.isNaN(xs[k] + ys[k]) ? null : [x + width / 2 + xs[k], y + height / 2 + ys[k]]);
  return path;
}

function drawLine(context, frame, line, path) {
  context.save();
  if (line.clip) clip(context, frame.axes[line.axes].box);
  if (line.part === "head") drawHead(context, line.marker, path);
  else if (line.part === "tip") drawTip(context, line.marker, path);
  else {
    if (line.width && line.color) stroke(context, line, path);
    if (line.marker) drawMarkers(context, line, line.clip ? seen(frame.axes[line.axes], path) : path);
  }
  context.restore();
}

/* Where whole dots end, as matplotlib does, and as is quicker. */
function clip(context, [x, y, width, height]) {
  const { a, d } = context.getTransform();
  const [left, top, right, bottom] = [x * a, y * d, (x + width) * a, (y + height) * d].map(Math.round);
  context.beginPath();
  context.rect(left / a, top / d, (right - left) / a, (bottom - top) / d);
  context.clip();
}

const SAME = 0.05; // px: points so near each other are one, as are most of a run that has come to rest

function apart(point, last) {
  return !last || Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) > SAME;
}

function stroke(context, line, path) {
  context.beginPath();
  let last = null;
  for (const point of path) {
    if (point && !last) context.moveTo(point[0], point[1]);
    else if (point && apart(point, last)) context.lineTo(point[0], point[1]);
    else if (point) continue;
    last = point;
  }
  context.lineWidth = line.width;
  context.strokeStyle = line.color;
  context.lineCap = line.cap;
  context.lineJoin = line.join;
  context.setLineDash(line.dashes);
  context.lineDashOffset = line.offset;
  context.stroke();
  context.setLineDash([]);
}

const MARGIN = 40; // px: no marker is larger

/* The same points, null where their markers would be clipped away. */
function seen({ box: [x, y, width, height] }, path) {
  const near = (value, low, length) => value > low - MARGIN && value < low + length + MARGIN;
  return path.map((point) => (point && near(point[0], x, width) && near(point[1], y, height) ? point : null));
}

function drawMarkers(context, line, path) {
  const outline = new Path2D(line.marker.path);
  const places = chosen(line.every, path.length).flatMap((k) => (path[k] ? [path[k]] : []));
  if (line.marker.edge && line.marker.width)
    for (const place of places) drawMarker(context, line.marker, outline, place, 0);
  else drawDots(context, line.marker, outline, places);
}

/* Markers without an edge, all at once, which is quicker. */
function drawDots(context, marker, outline, places) {
  if (!marker.face) return;
  const all = new Path2D();
  let last = null;
  for (const place of places) {
    if (!apart(place, last)) continue;
    all.addPath(outline, { e: place[0], f: place[1] });
    last = place;
  }
  context.fillStyle = marker.face;
  context.fill(all);
}

function chosen([first, stop, step], count) {
  const numbers = [];
  for (let k = first; k < Math.min(stop ?? count, count); k += step) numbers.push(k);
  return numbers;
}

function drawHead(context, marker, path) {
  const end = path.findLast((point) => point);
  if (end) drawMarker(context, marker, new Path2D(marker.path), end, 0);
}

function drawTip(context, marker, path) {
  const [before, end] = path.filter((point) => point).slice(-2);
  if (!end || Math.hypot(end[0] - before[0], end[1] - before[1]) < 1e-3) return;
  const angle = Math.atan2(end[1] - before[1], end[0] - before[0]);
  drawMarker(context, marker, new Path2D(marker.path), end, angle);
}

function drawMarker(context, marker, outline, [x, y], angle) {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  if (marker.face) {
    context.fillStyle = marker.face;
    context.fill(outline);
  }
  if (marker.edge && marker.width) {
    context.strokeStyle = marker.edge;
    context.lineWidth = marker.width;
    context.lineJoin = marker.join;
    context.stroke(outline);
  }
  context.restore();
}
