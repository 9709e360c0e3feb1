/**
 * A WebAssembly module as a list of sections, and the few of them that the build reads or changes.
 * Source: WebAssembly core specification 2.0, 5.5 (modules), and its appendix on the custom section `name`.
 */
import { ByteReader, WasmError, encodeName, encodeU32 } from "./byteReader.js";

export enum SectionId {
  Custom = 0,
  Type = 1,
  Import = 2,
  Function = 3,
  Table = 4,
  Memory = 5,
  Global = 6,
  Export = 7,
  Start = 8,
  Element = 9,
  Code = 10,
  Data = 11,
  DataCount = 12,
}

export enum ExternKind {
  Function = 0,
  Table = 1,
  Memory = 2,
  Global = 3,
}

export interface Section {
  id: SectionId;
  /** Of a custom section; its contents then start behind the name. */
  name?: string;
  contents: Uint8Array;
}

export interface FunctionType {
  params: number[];
  results: number[];
}

export interface Import {
  module: string;
  name: string;
  kind: ExternKind;
  /** Of a function. */
  type?: FunctionType;
}

export interface Export {
  name: string;
  kind: ExternKind;
  index: number;
}

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** The order in which sections must stand; DataCount comes before Code. */
const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

export class WasmModule {
  constructor(public sections: Section[]) {}

  static parse(bytes: Uint8Array): WasmModule {
    if (!HEADER.every((byte, i) => bytes[i] === byte)) throw new WasmError("not a WebAssembly module of version 1");
    const reader = new ByteReader(bytes, HEADER.length);
    const sections: Section[] = [];
    while (!reader.isDone) {
      const id = reader.u8() as SectionId;
      const contents = reader.bytes(reader.u32());
      if (id !== SectionId.Custom) {
        sections.push({ id, contents });
        continue;
      }
      const inner = new ByteReader(contents);
      const name = inner.name();
      sections.push({ id, name, contents: contents.subarray(inner.offset) });
    }
    return new WasmModule(sections);
  }

  toBytes(): Uint8Array {
    const parts: Uint8Array[] = [Uint8Array.from(HEADER)];
    for (const { id, name, contents } of this.sections) {
      const prefix = name === undefined ? [] : encodeName(name);
      parts.push(Uint8Array.from([id, ...encodeU32(prefix.length + contents.length), ...prefix]), contents);
    }
    return Buffer.concat(parts);
  }

  section(id: SectionId): Section | undefined {
    return this.sections.find((section) => section.id === id);
  }

  customSection(name: string): Uint8Array | undefined {
    return this.sections.find((section) => section.name === name)?.contents;
  }

  /** Replaces a section, or puts a new one where its kind must stand. */
  setSection(id: SectionId, contents: Uint8Array): void {
    const existing = this.section(id);
    if (existing) {
      existing.contents = contents;
      return;
    }
    const rank = ORDER.indexOf(id);
    const before = this.sections.findIndex((section) => section.id !== SectionId.Custom && ORDER.indexOf(section.id) > rank);
    this.sections.splice(before < 0 ? this.sections.length : before, 0, { id, contents });
  }

  /** Drops every custom section: names and debug information stay on the developer's machine. */
  strip(): void {
    this.sections = this.sections.filter((section) => section.id !== SectionId.Custom);
  }

  /** The entries of a section that is a vector, as raw bytes each; `skip` leaves the reader behind one entry. */
  entries(id: SectionId, skip: (reader: ByteReader) => void): Uint8Array[] {
    const section = this.section(id);
    if (!section) return [];
    const reader = new ByteReader(section.contents);
    return Array.from({ length: reader.u32() }, () => {
      const start = reader.offset;
      skip(reader);
      return section.contents.subarray(start, reader.offset);
    });
  }

  setEntries(id: SectionId, entries: Uint8Array[]): void {
    this.setSection(id, Buffer.concat([Uint8Array.from(encodeU32(entries.length)), ...entries]));
  }

  types(): FunctionType[] {
    return this.vector(SectionId.Type, (reader) => {
      if (reader.u8() !== 0x60) throw new WasmError("a type that is not a function type");
      return { params: [...reader.bytes(reader.u32())], results: [...reader.bytes(reader.u32())] };
    });
  }

  imports(): Import[] {
    const types = this.types();
    return this.vector(SectionId.Import, (reader) => {
      const module = reader.name();
      const name = reader.name();
      const kind = reader.u8() as ExternKind;
      if (kind === ExternKind.Function) return { module, name, kind, type: types[reader.u32()]! };
      if (kind === ExternKind.Global) reader.bytes(2);
      else {
        if (kind === ExternKind.Table) reader.u8();
        skipLimits(reader);
      }
      return { module, name, kind };
    });
  }

  exports(): Export[] {
    return this.vector(SectionId.Export, (reader) => ({ name: reader.name(), kind: reader.u8() as ExternKind, index: reader.u32() }));
  }

  addExport(name: string, kind: ExternKind, index: number): void {
    const entries = this.entries(SectionId.Export, (reader) => (reader.name(), reader.u8(), reader.u32()));
    this.setEntries(SectionId.Export, [...entries, Uint8Array.from([...encodeName(name), kind, ...encodeU32(index)])]);
  }

  /** Types of the functions defined here, in index order behind the imported ones. */
  functionTypes(): FunctionType[] {
    const types = this.types();
    return this.vector(SectionId.Function, (reader) => types[reader.u32()]!);
  }

  /** Bodies of the functions defined here: local declarations and instructions, without the size in front. */
  bodies(): Uint8Array[] {
    return this.vector(SectionId.Code, (reader) => reader.bytes(reader.u32()));
  }

  setBodies(bodies: Uint8Array[]): void {
    this.setEntries(SectionId.Code, bodies.map((body) => Buffer.concat([Uint8Array.from(encodeU32(body.length)), body])));
  }

  /** Names by function index (imports first), from the `name` section; empty when the module was stripped. */
  functionNames(): Map<number, string> {
    const names = new Map<number, string>();
    const contents = this.customSection("name");
    if (!contents) return names;
    const reader = new ByteReader(contents);
    while (!reader.isDone) {
      const id = reader.u8();
      const inner = new ByteReader(reader.bytes(reader.u32()));
      if (id !== 1) continue;
      for (let left = inner.u32(); left > 0; left--) names.set(inner.u32(), inner.name());
    }
    return names;
  }

  private vector<T>(id: SectionId, read: (reader: ByteReader) => T): T[] {
    const section = this.section(id);
    if (!section) return [];
    const reader = new ByteReader(section.contents);
    return Array.from({ length: reader.u32() }, () => read(reader));
  }
}

function skipLimits(reader: ByteReader): void {
  const hasMaximum = (reader.u8() & 1) !== 0;
  reader.u32();
  if (hasMaximum) reader.u32();
}
