/** What Node's profiler gives, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Ids of the nodes that were on top of the stack, and the microseconds between one sample and the next. */
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** A function with the time spent in it and in what it called. */
interface Frame {
  readonly name: string;
  micros: number;
  readonly callees: Map<string, Frame>;
}

/** Frames below this share of the busy time are left out. */
const LEAST_SHARE = 0.01;
const BAR_WIDTH = 40;
/** The thread has nothing to do: it waits. */
const IDLE = '(idle)';
const ROOT = '(root)';

/**
 * A flame graph as text: each function below the one that called it, with its share of the time in which the thread was
 * not waiting. What several callers call stands below each.
 */
export function renderFlameGraph(profile: CpuProfile): string {
  const { busy, idle } = framesOf(profile);
  const total = busy.micros + idle;
  const waiting = total === 0 ? 0 : Math.round((idle / total) * 100);
  return [`${milliseconds(busy.micros)} at work, ${waiting} % of the time waiting`, ...linesOf(busy, busy.micros, 0)]
    .map((line) => `${line}\n`)
    .join('');
}

function framesOf({ nodes, samples = [], timeDeltas = [] }: CpuProfile): { busy: Frame; idle: number } {
  const micros = new Map<number, number>();
  // the time up to the next sample is that of the function that was found in this one
  samples.forEach((id, at) => micros.set(id, (micros.get(id) ?? 0) + (timeDeltas[at + 1] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const busy: Frame = { name: 'all', micros: 0, callees: new Map() };
  let idle = 0;
  const visit = (node: ProfileNode, stack: readonly Frame[]): void => {
    const own = micros.get(node.id) ?? 0;
    const { functionName } = node.callFrame;
    if (functionName === IDLE) {
      idle += own;
      return;
    }
    const here = functionName === ROOT ? stack : [...stack, calleeOf(stack.at(-1) as Frame, nameOf(node))];
    for (const frame of here) frame.micros += own;
    for (const child of node.children ?? []) visit(byId.get(child) as ProfileNode, here);
  };
  const root = nodes.find(({ callFrame }) => callFrame.functionName === ROOT);
  if (root !== undefined) visit(root, [busy]);
  return { busy, idle };
}

function calleeOf(caller: Frame, name: string): Frame {
  let frame = caller.callees.get(name);
  if (frame === undefined) caller.callees.set(name, (frame = { name, micros: 0, callees: new Map() }));
  return frame;
}

/** The function and its file: `write src/adapters/postgres/sink/binary-copy.js`. A module of WebAssembly has none. */
function nameOf({ callFrame: { functionName, url } }: ProfileNode): string {
  const file = url
    .replace(/^wasm:.*/, 'wasm')
    .replace(/^.*\/(?=node_modules\/|dist\/)/, '')
    .replace(/^(dist|node_modules)\//, '');
  return `${functionName === '' ? '(anonymous)' : functionName} ${file}`.trimEnd();
}

function linesOf(frame: Frame, total: number, depth: number): string[] {
  const share = total === 0 ? 0 : frame.micros / total;
  if (share < LEAST_SHARE) return [];
  const percent = `${(share * 100).toFixed(1)} %`.padStart(7);
  const bar = '█'.repeat(Math.max(1, Math.round(share * BAR_WIDTH))).padEnd(BAR_WIDTH);
  const callees = [...frame.callees.values()].sort((a, b) => b.micros - a.micros);
  return [
    `${percent} ${bar} ${'  '.repeat(depth)}${frame.name}`,
    ...callees.flatMap((callee) => linesOf(callee, total, depth + 1)),
  ];
}

function milliseconds(micros: number): string {
  return `${Math.round(micros / 1000)} ms`;
}
