import { formatSignal } from "../../format/radio";
import { formatTick } from "../../format/time";
import { timeTicks } from "../axis";
import type { Lane, WaterfallModel } from "./model";

export const LANE = 120; // height of a lane, in CSS pixels
export const GAP = 8; // between lanes
export const LEFT = 68; // for the labels of the axis
export const RIGHT = 8;
export const BOTTOM = 24;

/** The tokens that the canvas needs, read from the page's style. */
export interface Ink {
  series: string;
  grid: string;
  lane: string;
  hatch: string;
  text: string;
  strong: string;
  line: string;
}

export function readInk(element: Element): Ink {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    series: token("--series-1"),
    grid: token("--grid"),
    lane: token("--canvas"),
    hatch: token("--hatch"),
    text: token("--text-3"),
    strong: token("--text"),
    line: token("--line"),
  };
}

export function chartHeight(lanes: number): number {
  return Math.max(1, lanes) * (LANE + GAP) + BOTTOM;
}

interface View {
  width: number;
  from: number;
  to: number;
}

export function xOf(at: number, { width, from, to }: View): number {
  return LEFT + ((at - from) / (to - from)) * (width - LEFT - RIGHT);
}

export function timeOf(x: number, { width, from, to }: View): number {
  return from + ((x - LEFT) / (width - LEFT - RIGHT)) * (to - from);
}

/** Draws all lanes: opacity of one hue is the share of frames, hatched is what nobody listened to. */
export function drawWaterfall(context: CanvasRenderingContext2D, model: WaterfallModel, view: View, ink: Ink): void {
  context.clearRect(0, 0, view.width, chartHeight(model.lanes.length));
  context.font = '11px "Inter Variable", system-ui, sans-serif';
  model.lanes.forEach((lane, i) => drawLane(context, lane, i * (LANE + GAP), model, view, ink));
  const bottom = model.lanes.length * (LANE + GAP);
  context.fillStyle = ink.text;
  context.textAlign = "center";
  for (const at of timeTicks(view.from, view.to, Math.max(2, Math.floor(view.width / 90)))) {
    context.fillText(formatTick(new Date(at), view.to - view.from), xOf(at, view), bottom + 12);
  }
}

function drawLane(context: CanvasRenderingContext2D, lane: Lane, top: number, { low, high }: WaterfallModel, view: View, ink: Ink): void {
  const right = view.width - RIGHT;
  const y = (dBm: number): number => top + ((high - dBm) / (high - low)) * LANE;
  const x = (step: number): number => Math.max(LEFT, Math.min(right, xOf(lane.start + step * lane.step, view)));
  context.save();
  context.fillStyle = ink.lane;
  context.fillRect(LEFT, top, right - LEFT, LANE);
  context.strokeStyle = ink.grid;
  context.lineWidth = 1;
  context.fillStyle = ink.text;
  context.textAlign = "right";
  for (let dBm = high - 10; dBm > low; dBm -= 10) {
    if (dBm % 20 !== 0) continue;
    line(context, LEFT, y(dBm), right, y(dBm));
    context.fillText(formatSignal(dBm), LEFT - 8, y(dBm) + 4);
  }
  for (const at of timeTicks(view.from, view.to, Math.max(2, Math.floor(view.width / 90))))
    line(context, xOf(at, view), top, xOf(at, view), top + LANE);

  context.beginPath();
  context.rect(LEFT, top, right - LEFT, LANE);
  context.clip();
  for (const run of lane.unheard) hatch(context, x(run.start), top, x(run.end), top + LANE, ink.hatch);
  context.fillStyle = ink.series;
  const tall = LANE / ((high - low) / 2);
  for (const cell of lane.cells) {
    const left = x(cell.step);
    context.globalAlpha = 0.14 + 0.86 * cell.share;
    context.fillRect(left, y(cell.high), Math.max(1, x(cell.step + 1) - left), Math.max(1, tall));
  }
  context.globalAlpha = 1;
  for (const run of lane.quiet) {
    if (x(run.end) - x(run.start) < 130) continue;
    context.fillStyle = ink.text;
    context.textAlign = "left";
    context.fillText("Listened, heard nothing", x(run.start) + 10, top + LANE / 2 + 4);
  }
  context.restore();
  context.strokeStyle = ink.line;
  context.strokeRect(LEFT + 0.5, top + 0.5, right - LEFT - 1, LANE - 1);
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  context.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
  context.stroke();
}

/** 45° lines over a rectangle: no data. */
export function hatch(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  right: number,
  bottom: number,
  colour: string,
  pitch = 6,
): void {
  if (right <= left) return;
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = pitch / 5;
  const tall = bottom - top;
  context.beginPath();
  for (let x = left - tall - ((left - tall) % pitch); x < right; x += pitch) {
    context.moveTo(x, bottom);
    context.lineTo(x + tall, top);
  }
  context.stroke();
  context.restore();
}
