/** Ends the command with its message alone. exitCode 2: the reader can mend it by doing what the message says. */
export class SetupError extends Error {
  constructor(message, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
