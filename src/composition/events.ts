import { TickloomError } from '../core/errors/index.js';
import type { ProgressEvent, ProgressReporter } from '../core/progress/progress-event.js';
import type { EventCall, EventListener, EventOf } from './tickloom.js';

interface Subscription {
  readonly type: ProgressEvent['type'] | '*';
  readonly tell: EventListener<'*'>;
}

const TYPES: Readonly<Record<ProgressEvent['type'] | '*', true>> = {
  run_started: true,
  fetch_started: true,
  bytes_fetched: true,
  fetch_finished: true,
  chunk_started: true,
  header_read: true,
  bytes_read: true,
  records_decoded: true,
  rows_stored: true,
  record_rejected: true,
  chunk_finished: true,
  run_finished: true,
  note: true,
  '*': true,
};

/** Takes the events of an instance's calls to whoever wants them: the reporter of the call, and all who have subscribed. */
export class Events {
  /** Made anew at each change, so that a listener may come or go while one is told. */
  #subscriptions: readonly Subscription[] = [];

  /**
   * @returns ends the subscription
   * @throws USAGE for a type that there is not, and for a listener that is no function
   */
  on<Type extends ProgressEvent['type'] | '*'>(type: Type, listener: EventListener<Type>): () => void {
    if (!Object.hasOwn(TYPES, type) || typeof listener !== 'function') {
      const what = typeof listener === 'function' ? `no event is called "${type}"` : 'the listener is no function';
      throw new TickloomError('USAGE', `cannot subscribe to "${type}": ${what}`, {
        hint: `Write on('chunk_finished', (event) => …); types are ${Object.keys(TYPES).join(', ')}.`,
        context: { type: String(type) },
      });
    }
    const subscription: Subscription = { type, tell: (event, call) => listener(event as EventOf<Type>, call) };
    this.#subscriptions = [...this.#subscriptions, subscription];
    return () => this.#end(subscription);
  }

  /** What a call says its events to. Whoever throws is told no more, the others are told so by a note, and the run goes on. */
  emitter(call: Omit<EventCall, 'runId'>, reporter: ProgressReporter): (event: ProgressEvent) => void {
    let active: ProgressReporter | undefined = reporter;
    let runId: string | null = null;
    const emit = (event: ProgressEvent): void => {
      if (event.type === 'run_started') ({ runId } = event);
      const failures: ProgressEvent[] = [];
      try {
        active?.report(event);
      } catch (error) {
        active = undefined;
        failures.push(note('the progress reporter', error));
      }
      for (const subscription of this.#subscriptions) {
        if (subscription.type !== '*' && subscription.type !== event.type) continue;
        // it may have been ended by another who was told of this event
        if (!this.#subscriptions.includes(subscription)) continue;
        try {
          subscription.tell(event, { ...call, runId });
        } catch (error) {
          this.#end(subscription);
          failures.push(note(`a listener to "${subscription.type}"`, error));
        }
      }
      failures.forEach(emit);
    };
    return emit;
  }

  #end(ended: Subscription): void {
    this.#subscriptions = this.#subscriptions.filter((subscription) => subscription !== ended);
  }
}

function note(who: string, error: unknown): ProgressEvent {
  const why = error instanceof Error ? error.message : String(error);
  return { type: 'note', level: 'warning', text: `${who} failed, and is told no more: ${why}` };
}
