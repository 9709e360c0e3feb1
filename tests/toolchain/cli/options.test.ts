import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Options, UsageError } from "../../../toolchain/cli/options.js";

const NAMES = { flags: ["tls"], values: ["host", "port"] };

function refuses(argv: string[], message: RegExp, read: (options: Options) => void = () => {}): void {
  assert.throws(
    () => read(new Options(argv, NAMES)),
    (error) => error instanceof UsageError && message.test(error.message),
  );
}

describe("toolchain/cli/options", () => {
  it("reads flags and values, in either form", () => {
    const options = new Options(["--tls", "--host", "h", "--port=8883"], NAMES);
    assert.equal(options.flag("tls"), true);
    assert.equal(options.text("host"), "h");
    assert.equal(options.number("port", 1, 65535), 8883);
    assert.equal(new Options([], NAMES).flag("tls"), false);
  });

  it("names an unknown option, the nearest one, and all of them", () => {
    refuses(["--hots", "x"], /^found --hots \(did you mean --host\?\), expected one of --host, --port, --tls$/);
    refuses(["-x"], /^found -x, expected one of/);
  });

  it("refuses words that belong to no option", () => {
    refuses(["extra"], /^found "extra", expected options only/);
  });

  it("takes words where there are some, and all that is behind --", () => {
    const options = new Options(["flash", "--app", "x", "monitor", "--", "--no-reset", "-v"], {
      flags: [],
      values: ["app"],
      words: "actions",
    });
    assert.deepEqual(options.words, ["flash", "monitor", "--no-reset", "-v"]);
    assert.equal(options.text("app"), "x");
    assert.throws(() => new Options(["--ap", "x"], { flags: [], values: ["app"], words: "actions" }), /expected one of --app, actions/);
  });

  it("refuses an option without its value, and a flag with one", () => {
    refuses(["--host"], /^--host: found no value/);
    refuses(["--host", "--tls"], /^--host: found no value/);
    refuses(["--tls=yes"], /^--tls: found the value "yes", expected none/);
  });

  it("takes a value that begins with dashes in the one-word form", () => {
    assert.equal(new Options(["--host=--odd"], NAMES).text("host"), "--odd");
  });

  it("holds numbers to their bounds", () => {
    for (const text of ["0", "65536", "1.5", "abc", "", " "]) {
      refuses([`--port=${text}`], /^--port: found ".*", expected a whole number from 1 to 65535$/, (options) =>
        options.number("port", 1, 65535),
      );
    }
    assert.equal(new Options(["--port=1.5"], NAMES).number("port", 1, 2, { isWhole: false }), 1.5);
  });

  it("holds choices to their list", () => {
    refuses(["--host", "c"], /^--host: found "c", expected a or b$/, (options) => options.choice("host", ["a", "b"]));
  });

  it("says what a required option is for", () => {
    refuses([], /^--host: found nothing, expected a host name$/, (options) => options.required("host", "a host name"));
  });
});
