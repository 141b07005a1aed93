// Sorts the commands of oclif.manifest.json by id: oclif writes them in the order in which the disk gives its files back.
import { readFileSync, writeFileSync } from 'node:fs';

const MANIFEST = new URL('../oclif.manifest.json', import.meta.url);
const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
const commands = Object.fromEntries(Object.entries(manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(MANIFEST, JSON.stringify({ ...manifest, commands }, null, 2));
