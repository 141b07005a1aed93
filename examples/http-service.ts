/**
 * A service: starts ingests over HTTP and streams their progress as server-sent events.
 *
 *     DATABASE_URL=postgresql://me@localhost/ticks DATA=./data PORT=8080 node dist/examples/http-service.js
 *
 *     POST   /ingests             { "files": ["a.dbn.zst"] }, names inside of DATA  ->  { "id": 1 }
 *     GET    /ingests/1/events    every event of the run so far and to come, the report as the last one
 *     DELETE /ingests/1           stops it; the chunk in hand is rolled back
 *     GET    /metrics             what all of them did since the start, for Prometheus
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { asTickloomError, createTickloom, type ProgressEvent } from 'tickloom';

interface Ingest {
  readonly lines: string[];
  readonly readers: Set<ServerResponse>;
  readonly abort: AbortController;
  done: boolean;
}

const { DATA = '.', PORT = '8080' } = process.env;
const tickloom = createTickloom({ env: process.env });
const ingests: Ingest[] = [];

const metrics = { chunks_loaded: 0, chunks_failed: 0, rows_stored: 0, records_rejected: 0 };
tickloom.on('rows_stored', ({ rows, rejected }) => {
  metrics.rows_stored += rows;
  metrics.records_rejected += rejected;
});
tickloom.on('chunk_finished', ({ report }) => {
  if (report.status === 'loaded') metrics.chunks_loaded += 1;
  if (report.status === 'failed') metrics.chunks_failed += 1;
});

function start(files: readonly string[]): number {
  const ingest: Ingest = { lines: [], readers: new Set(), abort: new AbortController(), done: false };
  const tell = (event: ProgressEvent | { type: 'failed'; code: string; message: string }): void => {
    const line = `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    ingest.lines.push(line);
    for (const reader of ingest.readers) reader.write(line);
  };
  const paths = files.map((name) => join(DATA, basename(name)));
  const reporter = { report: tell, close: async () => undefined };
  void tickloom
    .ingest({ paths }, { reporter, signal: ingest.abort.signal })
    .catch((error: unknown) => {
      const { code, message } = asTickloomError(error);
      tell({ type: 'failed', code, message });
    })
    .finally(() => {
      ingest.done = true;
      for (const reader of ingest.readers) reader.end();
    });
  return ingests.push(ingest);
}

const server = createServer((request, response) => {
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  };
  const [, name, id, what] = (request.url ?? '').split('/');
  const ingest = ingests[Number(id) - 1];
  if (name === 'metrics') {
    const lines = Object.entries(metrics).map(([metric, value]) => `tickloom_${metric}_total ${value}\n`);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''));
  } else if (request.method === 'POST' && name === 'ingests' && id === undefined) {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      try {
        const { files } = JSON.parse(text) as { files: string[] };
        answer(202, { id: start(files.map(String)) });
      } catch {
        answer(400, { error: 'write { "files": ["name.dbn.zst"] }' });
      }
    });
  } else if (name !== 'ingests' || ingest === undefined) {
    answer(404, { error: 'there is no such ingest' });
  } else if (request.method === 'DELETE') {
    ingest.abort.abort();
    answer(202, { stopping: true });
  } else if (what === 'events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const line of ingest.lines) response.write(line);
    if (ingest.done) response.end();
    else ingest.readers.add(response);
    response.on('close', () => ingest.readers.delete(response));
  } else {
    answer(200, { done: ingest.done, events: ingest.lines.length });
  }
});

server.listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
console.log(JSON.stringify(server.address()));

process.once('SIGTERM', () => {
  for (const { abort } of ingests) abort.abort();
  server.close();
  void tickloom.close();
});
