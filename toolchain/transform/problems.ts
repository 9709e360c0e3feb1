/** How the transform says that something is wrong: at a place in the author's file, with the remedy. */
import { DiagnosticCode, type Node, type Parser, type Range } from "assemblyscript";

export class Problems {
  private count = 0;

  constructor(private readonly parser: Parser) {}

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Reports at a node; the build prints file, line, message and remedy. */
  at(node: Node, message: string, remedy: string): void {
    this.atRange(node.range, message, remedy);
  }

  atRange(range: Range, message: string, remedy: string): void {
    this.count++;
    this.parser.error(DiagnosticCode.User_defined_0, range, `${message}\n  ${remedy}`);
  }
}
