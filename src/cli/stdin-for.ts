/**
 * stdin, where a path asks for it with `-`. Otherwise it is not even looked at: in `while read FILE; do tickloom ingest
 * "$FILE"; done` it is the loop's own.
 */
export function stdinFor(paths: readonly string[]): AsyncIterable<Uint8Array> | undefined {
  return paths.includes('-') ? process.stdin : undefined;
}
