/**
 * The compiler plugin of kernels: objects without a head. A head says what class an object is of, and only a call of a method that another
 * class overrides asks for it. All other classes become what AssemblyScript calls unmanaged: their fields, and nothing in front.
 */
import {
  CommonFlags,
  DecoratorFlags,
  DiagnosticCode,
  ElementKind,
  Node,
  NodeKind,
  type ClassDeclaration,
  type ClassPrototype,
  type Parser,
  type Program,
} from "assemblyscript";

/** What kernels are made of; the standard library keeps its classes. */
const KERNEL_SOURCE = /^assembly\/(?!sdk\/)|^tests\//;

export class HeadlessTransform {
  /** The compiler's hook: all files are parsed, nothing is resolved yet. */
  afterParse(parser: Parser): void {
    const sources = parser.sources.filter(({ normalizedPath }) => KERNEL_SOURCE.test(normalizedPath));
    for (const family of families(sources.flatMap(({ statements }) => statements.filter(isClass)))) {
      if (overrides(family) || family.some(({ implementsTypes }) => implementsTypes)) continue;
      for (const declaration of family) makeUnmanaged(declaration);
    }
  }

  /** The compiler's hook: it knows what overrides what. A class may extend another by a name that its file gave it. */
  afterInitialize(program: Program): void {
    for (const element of program.elementsByName.values()) {
      if (element.kind !== ElementKind.ClassPrototype || !element.hasDecorator(DecoratorFlags.Unmanaged)) continue;
      for (const member of (element as ClassPrototype).instanceMembers?.values() ?? []) {
        if (!member.is(CommonFlags.Overridden)) continue;
        const what = `${element.name}.${member.name} is overridden by a class that extends it under another name`;
        program.error(DiagnosticCode.User_defined_0, member.identifierNode.range, `${what}\n  import it under its own`);
      }
    }
  }
}

function isClass(statement: Node): statement is ClassDeclaration {
  return statement.kind === NodeKind.ClassDeclaration;
}

/** Classes with those that they extend. Those of one name count as one: that may keep a head too many. */
function families(classes: readonly ClassDeclaration[]): ClassDeclaration[][] {
  const elders = new Map<string, string>();
  const eldestOf = (name: string): string => {
    const elder = elders.get(name);
    return elder === undefined || elder === name ? name : eldestOf(elder);
  };
  for (const { name, extendsType } of classes) {
    if (extendsType) elders.set(eldestOf(name.text), eldestOf(extendsType.name.identifier.text));
  }
  const byEldest = new Map<string, ClassDeclaration[]>();
  for (const declaration of classes) {
    const eldest = eldestOf(declaration.name.text);
    byEldest.set(eldest, [...(byEldest.get(eldest) ?? []), declaration]);
  }
  return [...byEldest.values()];
}

/** Whether two classes of a family have a method of the same name; constructors are no methods. */
function overrides(family: readonly ClassDeclaration[]): boolean {
  const names = family.flatMap(({ members }) => {
    const methods = members.filter((member) => member.kind === NodeKind.MethodDeclaration && !member.is(CommonFlags.Constructor));
    return [...new Set(methods.map(({ name }) => name.text))];
  });
  return new Set(names).size < names.length;
}

function makeUnmanaged(declaration: ClassDeclaration): void {
  const { range } = declaration.name;
  const decorator = Node.createDecorator(Node.createIdentifierExpression("unmanaged", range), null, range);
  (declaration.decorators ??= []).push(decorator);
}
