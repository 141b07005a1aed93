import { expect } from 'chai';
import { displayWidth } from '../../../../src/adapters/terminal/display-width.js';
import { renderRunReport, renderShortfall } from '../../../../src/adapters/terminal/render-run-report.js';
import { noRecords, noSymbols } from '../../../../src/core/report/counts.js';
import type { ChunkReport, RunReport } from '../../../../src/core/report/run-report.js';

const piped = { color: false, unicode: true };

const done: RunReport = {
  run_id: '5b0c7e1e-93ac-4d5e-8c11-0a4f2f6d9b37',
  status: 'complete',
  chunks: { planned: 20, loaded: 19, already_loaded: 1, failed: 0 },
  records: { ...noRecords(), decoded: 38_112_400, loaded: 37_900_119, already_loaded: 212_281 },
  symbols: { ...noSymbols(), mapped: 37_900_119 },
  bytes: { read: 2_007_887_770, downloaded: 0 },
  cost_usd: { estimated: 0, spent: 0 },
  elapsed_ms: 72_000,
  records_per_second: 529_339,
  peak_rss_bytes: 327_155_712,
  details: [],
};

const failed = (source: string): ChunkReport => ({
  chunk_id: 3,
  source,
  dataset: 'GLBX.MDP3',
  schema: 'trades',
  start: null,
  end: null,
  status: 'failed',
  records: noRecords(),
  symbols: noSymbols(),
  error: {
    code: 'DECODE_TRUNCATED',
    message: `record 5304112 at byte 254,597,376 of "${source}" has 31 of its 48 bytes`,
    hint: 'Download the file again: it was cut in transit.',
    context: {},
  },
});

const broken: RunReport = {
  ...done,
  status: 'incomplete',
  chunks: { planned: 20, loaded: 17, already_loaded: 0, failed: 2 },
  records: {
    ...noRecords(),
    decoded: 38_112_400,
    loaded: 38_112_383,
    quarantined: 7,
    control: 4,
    unsupported: 6,
    replaced: 5,
  },
  symbols: { mapped: 38_112_371, record: 1, requested: 2, fallback: 8, unknown: 1 },
  details: [failed('data/a.dbn.zst'), { ...failed('stdin'), error: null }],
};

describe('the table at the end of a run', () => {
  it('accounts for the records, the time and the speed', () => {
    expect(renderRunReport(done, piped).split('\n')).to.deep.equal([
      'Run complete 5b0c7e1e-93ac-4d5e-8c11-0a4f2f6d9b37',
      '────────────────────────────────────────────────',
      'processed      38,112,400  records in 1.87 GiB',
      'stored         37,900,119',
      'already there     212,281',
      'quarantined             0',
      'errors                  0',
      'chunks                 20  19 loaded, 1 already there',
      'symbols        37,900,119  mapped: by the mappings of the day',
      'time             1 m 12 s',
      'speed             529,000  records/s',
      'memory            312 MiB  at its highest',
      '────────────────────────────────────────────────',
      '',
    ]);
  });

  it('names failed chunks with error and hint, and what to do next', () => {
    const lines = renderRunReport(broken, piped).split('\n');
    expect(lines).to.include('errors                  2  2 chunks failed');
    expect(lines).to.include('chunks                 20  17 loaded, 2 failed, 1 not done');
    expect(lines).to.include('                        8  fallback: by instrument id, for want of a mapping');
    expect(lines).to.include('unsupported             6  records of kinds without a table');
    expect(lines.slice(-7)).to.deep.equal([
      '────────────────────────────────────────────────',
      'failed: record 5304112 at byte 254,597,376 of "data/a.dbn.zst" has 31 of its 48 bytes [DECODE_TRUNCATED]',
      '  hint: Download the file again: it was cut in transit.',
      'failed: "stdin": no reason given',
      'tickloom quarantine list shows why 7 records were kept aside',
      'run the same command again when that is mended: what is loaded stays and is not loaded twice',
      '',
    ]);
  });

  it('advises to run it again at once only where that may help', () => {
    for (const code of ['DATABASE_LOST', 'LOCKED', 'SOURCE_UNAVAILABLE']) {
      const error = { code, message: 'it is gone', hint: null, context: {} };
      const lines = renderRunReport({ ...broken, details: [failed('a'), { ...failed('b'), error }] }, piped).split(
        '\n',
      );
      expect(lines.at(-2), code).to.match(/^run the same command again to go on: /);
    }
  });

  it('names the source of an error that does not', () => {
    const chunk = failed('a.dbn');
    const error = { code: 'DATABASE_FULL', message: 'no space left on the server', hint: null, context: {} };
    const text = renderRunReport({ ...broken, details: [{ ...chunk, error }] }, piped);
    expect(text).to.include('failed: "a.dbn": no space left on the server [DATABASE_FULL]\ntickloom');
  });

  for (const columns of [60, 80]) {
    it(`fits ${columns} columns`, () => {
      for (const line of renderRunReport(broken, { ...piped, columns }).split('\n')) {
        expect(displayWidth(line)).to.be.at.most(columns);
      }
    });
  }

  it('shows a cost only when there is one', () => {
    const text = renderRunReport(
      { ...done, cost_usd: { estimated: 13, spent: 12.4 }, bytes: { read: 1, downloaded: 2048 } },
      piped,
    );
    expect(text)
      .to.match(/^downloaded +2\.00 KiB$/m)
      .and.to.match(/^cost +\$12\.40 {2}spent by our count, \$13\.00 estimated$/m);
  });

  it('names twenty failed chunks at most, and where the rest stands', () => {
    const details = Array.from({ length: 23 }, (_, i) => failed(`${i}.dbn`));
    const lines = renderRunReport({ ...broken, details }, piped).split('\n');
    expect(lines.filter((line) => line.startsWith('failed: '))).to.have.length(20);
    expect(lines).to.include(`3 further chunks failed: tickloom runs show ${done.run_id}`);
  });

  it('keeps escape sequences in names away from the terminal', () => {
    const text = renderRunReport({ ...broken, details: [failed('\x1b[2J.dbn')] }, { ...piped, columns: 60 });
    expect(text).not.to.include('\x1b');
  });

  it('is ASCII where it has to be, and coloured where it may', () => {
    expect(renderRunReport(broken, { color: false, unicode: false })).to.match(/^[\x20-\x7e\n]*$/);
    expect(renderRunReport(broken, { color: true, unicode: true })).to.include('\x1b[31mfailed:\x1b[39m');
  });

  it('says of a cancelled run how to go on', () => {
    const lines = renderRunReport({ ...done, status: 'cancelled' }, piped).split('\n');
    expect(lines.at(-2)).to.match(/^run the same command again/);
  });
});

describe('what is said of a run without a table', () => {
  it('is nothing when all went well', () => {
    expect(renderShortfall(done, piped)).to.deep.equal([]);
  });

  it('is every reason and the next steps', () => {
    expect(renderShortfall(broken, piped)).to.deep.equal([
      'failed: record 5304112 at byte 254,597,376 of "data/a.dbn.zst" has 31 of its 48 bytes [DECODE_TRUNCATED]',
      '  hint: Download the file again: it was cut in transit.',
      'failed: "stdin": no reason given',
      'tickloom quarantine list shows why 7 records were kept aside',
      'run the same command again when that is mended: what is loaded stays and is not loaded twice',
    ]);
  });

  it('is each hint once below failures that were told already', () => {
    const report = { ...broken, details: [failed('a'), failed('b')], records: { ...noRecords(), quarantined: 1 } };
    expect(renderShortfall(report, piped, { told: true })).to.deep.equal([
      'hint: Download the file again: it was cut in transit.',
      'tickloom quarantine list shows why 1 record was kept aside',
      'run the same command again when that is mended: what is loaded stays and is not loaded twice',
    ]);
  });

  it('is that it was interrupted', () => {
    const chunk: ChunkReport = { ...failed('a'), status: 'cancelled' };
    expect(renderShortfall({ ...done, status: 'cancelled', details: [chunk] }, piped, { told: true })).to.deep.equal([
      'the run was interrupted',
      'run the same command again to go on: what is loaded stays and is not loaded twice',
    ]);
  });
});
