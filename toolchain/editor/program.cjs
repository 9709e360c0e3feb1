/** For `tsc`, by way of ts-patch: lifts every file of a program before it is checked. */
"use strict";

const { lift, needsLift } = require("./lift.cjs");

/** An editor's file keeps a snapshot of its text and is parsed again in parts: its tree must stay true to it. */
function isEditors(file) {
  return file.scriptSnapshot !== undefined;
}

module.exports = function transformProgram(program, _host, _options, { ts }) {
  for (const file of program.getSourceFiles()) {
    if (!file.isDeclarationFile && !isEditors(file) && needsLift(ts, file)) lift(ts, file);
  }
  return program;
};
module.exports.default = module.exports;
