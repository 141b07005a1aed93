import { expect } from 'chai';
import { renderFlameGraph, type CpuProfile } from '../../../bench/flame-graph.js';

const node = (id: number, functionName: string, children: number[] = [], url = ''): CpuProfile['nodes'][number] => ({
  id,
  callFrame: { functionName, url },
  children,
});

describe('bench flame graph', () => {
  it('puts each function below its caller, with its share of the time at work, the largest first', () => {
    const profile: CpuProfile = {
      nodes: [
        node(1, '(root)', [2, 3, 6]),
        node(2, '(idle)'),
        node(3, 'load', [4, 5], 'file:///home/me/tickloom/dist/src/core/load.js'),
        node(4, '', [], 'file:///home/me/tickloom/node_modules/pg/lib/client.js'),
        node(5, 'encode', [7], 'node:buffer'),
        node(6, '(garbage collector)'),
        node(7, 'cells of size to flags', [], 'wasm://wasm/416c7ee6'),
      ],
      samples: [2, 3, 4, 5, 7, 6, 2],
      timeDeltas: [0, 5000, 1000, 1000, 4000, 2000, 2000],
    };
    const lines = renderFlameGraph(profile).split('\n');
    expect(lines[0]).to.equal('10 ms at work, 33 % of the time waiting');
    expect(lines.slice(1).map((line) => line.replaceAll(/ +█+ +/g, ' | '))).to.deep.equal([
      '100.0 % | all',
      ' 80.0 % | load src/core/load.js',
      ' 60.0 % | encode node:buffer',
      ' 20.0 % | cells of size to flags wasm',
      ' 10.0 % | (anonymous) pg/lib/client.js',
      ' 20.0 % | (garbage collector)',
      '',
    ]);
    expect(lines[2]).to.match(/% █{32} {9} {2}load/);
    expect(lines[3]).to.match(/% █{24} {17} {4}encode/);
  });

  it('leaves out what is less than a hundredth, and adds up calls of one function', () => {
    const profile: CpuProfile = {
      nodes: [node(1, '(root)', [2, 3, 4]), node(2, 'often'), node(3, 'often'), node(4, 'hardly')],
      samples: [2, 3, 4, 2],
      timeDeltas: [0, 600, 600, 10],
    };
    expect(renderFlameGraph(profile)).to.match(/often\n$/);
    expect(renderFlameGraph(profile)).not.to.contain('hardly');
    expect(renderFlameGraph({ nodes: [] })).to.equal('0 ms at work, 0 % of the time waiting\n');
  });
});
