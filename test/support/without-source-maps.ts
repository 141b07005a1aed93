// Node.js takes up the source maps of all that it loads while this variable is there, and writes them with the coverage: four
// of five megabytes a process. Whoever makes the report finds them beside the code. Where to write, Node.js knows already.
delete process.env.NODE_V8_COVERAGE;
