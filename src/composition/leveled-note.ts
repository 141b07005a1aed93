/** Takes what a call has to say beside its answer. */
export type LeveledNote = (level: 'info' | 'warning', text: string) => void;

/** For who takes notes as sentences alone. */
export function plainNotes(onNote: (text: string) => void): LeveledNote {
  return (level, text) => onNote(level === 'warning' ? `warning: ${text}` : text);
}
