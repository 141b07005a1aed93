/*
 * Mocha ends its workers with SIGTERM when they have not gone a second after they were told to. A worker that has run many
 * tests writes its coverage for longer than that on a slow machine, and killed in the middle it leaves none. It is on its
 * way out by then: it hears of the signal and finishes.
 */
process.on('SIGTERM', () => undefined);
