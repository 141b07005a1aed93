import { expect } from 'chai';
import { agreeOnColor } from '../../../src/cli/agree-on-color.js';

describe('agreeing on colour', () => {
  const cases: [title: string, env: NodeJS.ProcessEnv, agreed: NodeJS.ProcessEnv][] = [
    ['leaves NO_COLOR alone', { NO_COLOR: '1' }, { NO_COLOR: '1' }],
    ['has FORCE_COLOR win', { NO_COLOR: '1', FORCE_COLOR: '1' }, { FORCE_COLOR: '1' }],
    ['has FORCE_COLOR=0 win, too', { FORCE_COLOR: '0' }, { FORCE_COLOR: '0', NO_COLOR: '1' }],
    ['takes an empty FORCE_COLOR for none', { NO_COLOR: '1', FORCE_COLOR: '' }, { NO_COLOR: '1' }],
    ['takes CI=false for none', { CI: 'false' }, {}],
    ['leaves CI alone', { CI: 'true' }, { CI: 'true' }],
  ];
  for (const [title, env, agreed] of cases) {
    it(title, () => {
      const copy = { ...env };
      agreeOnColor(copy);
      expect(copy).to.deep.equal(agreed);
    });
  }
});
