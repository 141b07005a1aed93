import { expect } from 'chai';
import type { EndingSignal } from '../../../src/cli/early-signals.js';
import { Interrupts } from '../../../src/cli/interrupts.js';

/** Interrupts whose clock the test turns, with what they did. */
function interruptsAt(env: Record<string, string> = {}) {
  let now = 0;
  const quits: number[] = [];
  const notices: string[] = [];
  const interrupts = new Interrupts({
    env,
    notice: (text) => notices.push(text),
    quit: (code) => quits.push(code),
    now: () => now,
  });
  const receive = (signal: EndingSignal, at: number): void => {
    now = at;
    interrupts.receive(signal);
  };
  return { interrupts, quits, notices, receive };
}

describe('Interrupts', () => {
  it('lets the command come to an end at the first signal', () => {
    const { interrupts, quits, notices, receive } = interruptsAt();
    const { signal } = interrupts;
    expect(interrupts.exitCode).to.equal(undefined);
    receive('SIGINT', 0);
    expect(signal.aborted).to.equal(true);
    expect(interrupts.exitCode).to.equal(130);
    expect(quits).to.deep.equal([]);
    expect(notices).to.have.length(1);
  });

  it('ends the process at the second signal', () => {
    const { interrupts, quits, receive } = interruptsAt();
    void interrupts.signal;
    receive('SIGINT', 0);
    receive('SIGINT', 50);
    expect(quits).to.deep.equal([130]);
  });

  it('ends the process at the first signal when no command has begun', () => {
    const { quits, receive } = interruptsAt();
    receive('SIGTERM', 0);
    expect(quits).to.deep.equal([143]);
  });

  it('gives SIGTERM and SIGHUP exit code 143', () => {
    for (const name of ['SIGTERM', 'SIGHUP'] as const) {
      const { interrupts, notices, receive } = interruptsAt();
      void interrupts.signal;
      receive(name, 0);
      expect(interrupts.exitCode).to.equal(143);
      expect(notices).to.deep.equal([]);
    }
  });

  it('keeps the exit code of the first of two different signals', () => {
    const { interrupts, quits, receive } = interruptsAt();
    void interrupts.signal;
    receive('SIGTERM', 0);
    receive('SIGINT', 50);
    expect(quits).to.deep.equal([143]);
    expect(interrupts.exitCode).to.equal(143);
  });

  it('takes the echo that npm sends of a Ctrl-C for the same Ctrl-C', () => {
    const { interrupts, quits, receive } = interruptsAt({ npm_lifecycle_event: 'load' });
    void interrupts.signal;
    receive('SIGINT', 0);
    receive('SIGINT', 40);
    expect(quits).to.deep.equal([]);
    receive('SIGINT', 1000);
    expect(quits).to.deep.equal([130]);
  });
});
