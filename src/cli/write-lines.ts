import { streams } from './session.js';

/** Large enough that a write costs little against what is written. */
const BLOCK_CHARACTERS = 64 * 1024;

/**
 * Writes texts to stdout in blocks, no faster than the reader takes them. What came before an error is written, too.
 * @throws OutputClosed when the reader has gone, and what `texts` throws.
 */
export async function writeLines(texts: AsyncIterable<string>): Promise<void> {
  let block = '';
  const flush = async (): Promise<void> => {
    const full = block;
    block = '';
    if (full !== '') await streams.writeData(full);
  };
  try {
    for await (const text of texts) {
      block += text;
      if (block.length >= BLOCK_CHARACTERS) await flush();
    }
  } finally {
    await flush();
  }
}
