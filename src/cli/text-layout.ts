import type { TextLayout } from '../index.js';

/** How text for this stream is laid out: `NO_COLOR`, `FORCE_COLOR`, `CI` and `TERM=dumb` are honoured. */
export async function textLayout(stream: NodeJS.WriteStream): Promise<TextLayout> {
  const { detectTerminal } = await import('../index.js');
  const { color, unicode, columns } = detectTerminal(stream, process.env, process.platform);
  return { color, unicode, columns: columns() };
}
