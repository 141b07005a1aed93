import { describeSchemaPlugin } from '../../src/testing/index.js';
import { builtinPlugins } from '../../plugins/index.js';

for (const plugin of builtinPlugins) describeSchemaPlugin(plugin, { describe, it });
