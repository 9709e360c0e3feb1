/**
 * For editors: a TypeScript language service plugin. An editor's own tree must stay true to the text, so files that need
 * it are checked as lifted copies in a second program, which shares everything else with the first.
 */
"use strict";

const { lift, needsLift } = require("./lift.cjs");

function liftedProgram(ts, program) {
  const options = program.getCompilerOptions();
  const getSourceFile = (name, languageVersion) => {
    const file = program.getSourceFile(name);
    if (!file || file.isDeclarationFile || !needsLift(ts, file)) return file;
    const copy = ts.createSourceFile(file.fileName, file.text, languageVersion, /* setParentNodes */ true);
    lift(ts, copy);
    return copy;
  };
  return ts.createProgram({ rootNames: program.getRootFileNames(), options, host: { ...ts.createCompilerHost(options), getSourceFile } });
}

function init({ typescript: ts }) {
  const programs = new WeakMap();

  function semanticDiagnostics(service, fileName) {
    const program = service.getProgram();
    const file = program?.getSourceFile(fileName);
    if (!file || !needsLift(ts, file)) return service.getSemanticDiagnostics(fileName);
    if (!programs.has(program)) programs.set(program, liftedProgram(ts, program));
    const lifted = programs.get(program);
    const diagnostics = lifted.getSemanticDiagnostics(lifted.getSourceFile(fileName));
    return diagnostics.map((diagnostic) => ({ ...diagnostic, file }));
  }

  function create({ languageService }) {
    const proxy = Object.create(languageService);
    proxy.getSemanticDiagnostics = (fileName) => semanticDiagnostics(languageService, fileName);
    return proxy;
  }

  return { create };
}

module.exports = init;
